/** `npm run bench`: the same pieces of work by the bare driver, by Plinth and by its peers. */
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { usage, UsageError, wantedBy } from "./run/wanted.ts";

async function main(): Promise<number> {
  const wanted = wantedBy(process.argv.slice(2));
  if (wanted === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  linkPackage();
  // Only now: asking for help, or for what there isn't, needs none of it.
  const { run } = await import("./run/run.ts");
  return (await run(wanted)) ? 0 : 1;
}

/** The package in its own folder's stead: modules that `plinth check` writes import it by its name. */
function linkPackage(): void {
  const link = new URL("node_modules/plinth", import.meta.url);
  if (existsSync(link)) return;
  mkdirSync(new URL("node_modules", import.meta.url), { recursive: true });
  symlinkSync(fileURLToPath(new URL("..", import.meta.url)), link, "junction");
}

try {
  process.exitCode = await main();
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (!(error instanceof UsageError) && !code.startsWith("ERR_PARSE_ARGS")) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
