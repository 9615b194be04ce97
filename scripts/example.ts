// Runs the story of an example: npm run example didhub [-- --url URL]
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";

const examples = join(root, "examples");
const known = readdirSync(examples).filter((name) => existsSync(join(examples, name, "main.ts")));
const [name = "", ...rest] = process.argv.slice(2);

if (known.includes(name)) {
  linkPackage();
  const { signal, status } = spawnSync(
    process.execPath,
    [join(examples, name, "main.ts"), ...rest],
    {
      stdio: "inherit",
    },
  );
  process.exitCode = signal === null ? (status ?? 1) : 1;
} else {
  process.stderr.write(
    `Which example? npm run example NAME, where NAME is one of: ${known.join(", ")}.\n`,
  );
  process.exitCode = 1;
}

/** As `npm install` would have done for an example that stands in a folder of its own. */
function linkPackage(): void {
  const link = join(examples, "node_modules", "plinth");
  if (existsSync(link)) return;
  mkdirSync(join(examples, "node_modules"), { recursive: true });
  symlinkSync(root, link, "junction");
}
