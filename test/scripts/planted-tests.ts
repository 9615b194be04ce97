import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { root } from "../../scripts/prepare.mjs";

interface Planted {
  readonly folder: string;
  readonly done: SpawnSyncReturns<string>;
}

/**
 * Runs Vitest on a small project of its own, which is gone when the test is.
 *
 * @param options Of the command line, for the project's folder.
 * @param environment Beside this process's own.
 */
export function runPlanted(
  files: Readonly<Record<string, string>>,
  options: (folder: string) => readonly string[],
  environment: (folder: string) => NodeJS.ProcessEnv,
): Planted {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "plinth-planted-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "dir");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const done = spawnSync(process.execPath, [vitest, "run", "--root", folder, ...options(folder)], {
    encoding: "utf8",
    env: { ...process.env, ...environment(folder), VITEST: undefined },
  });
  return { folder, done };
}
