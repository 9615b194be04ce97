/**
 * Runs the tests: node scripts/test.ts [--long] [VITEST ARGUMENTS]
 *
 * With PLINTH_TEST_COUNTS=FILE it leaves there how many passed and failed, as JSON.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestCounts } from "./count-tests.ts";
import { root } from "./prepare.mjs";

const argv = process.argv.slice(2).filter((word) => word !== "--long");
const isLong = process.argv.includes("--long");

const folder = mkdtempSync(join(tmpdir(), "plinth-test-"));
const countsFile = process.env["PLINTH_TEST_COUNTS"] ?? join(folder, "counts.json");
const done = spawnSync(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    `--reporter=${join(root, "scripts", "count-tests.ts")}`,
    ...argv,
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PLINTH_TEST_COUNTS: countsFile,
      ...(isLong ? { PLINTH_TEST_LONG: "1" } : {}),
    },
  },
);

process.exitCode = done.status ?? 1;
if (process.env["CI"] === "true" && done.status === 0) {
  const counts = JSON.parse(readFileSync(countsFile, "utf8")) as TestCounts;
  if (counts.skipped > 0) {
    process.stderr.write(`${counts.skipped} tests were skipped, and under CI=true all must run.\n`);
    process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true, force: true });
