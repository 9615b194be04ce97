/**
 * Runs the tests: node scripts/test.ts [--long] [VITEST ARGUMENTS]
 *
 * All of them on this Node, and what needs no server once more on the oldest that is supported;
 * with arguments, what they name, here only. With PLINTH_TEST_COUNTS=FILE it leaves there how many
 * passed and failed, as JSON.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestCounts } from "./count-tests.ts";
import { root } from "./prepare.mjs";

const argv = process.argv.slice(2).filter((word) => word !== "--long");
const isLong = process.argv.includes("--long");
const isCi = process.env["CI"] === "true";

const oldestNode = join(root, "tools", "runtime-22", "node_modules", ".bin", "node");
const serverless = ["src/", "test/conformance/sqlite", "test/databases/sqlite"];

const folder = mkdtempSync(join(tmpdir(), "plinth-test-"));
const results = [runTests(process.execPath, argv, {})];
if (argv.length === 0) {
  if (existsSync(oldestNode)) {
    say("\nWhat needs no server, on the oldest Node:");
    results.push(runTests(oldestNode, serverless, { PLINTH_TEST_SERVERS: "none" }));
  } else {
    say("Not run: the tests on Node 22.18, which is not brought for this platform.");
    if (isCi)
      results.push({
        code: 1,
        counts: { files: 0, passed: 0, failed: 1, skipped: 0, failures: [] },
      });
  }
}
rmSync(folder, { recursive: true, force: true });

const add = (key: "files" | "passed" | "failed" | "skipped") =>
  results.reduce((sum, { counts }) => sum + counts[key], 0);
const counts: TestCounts = {
  files: add("files"),
  passed: add("passed"),
  failed: add("failed"),
  skipped: add("skipped"),
  failures: results.flatMap(({ counts }) => counts.failures),
};
let code = results.find((result) => result.code !== 0)?.code ?? 0;
if (isCi && counts.skipped > 0) {
  say(`${counts.skipped} tests were skipped, and under CI=true all must run.`);
  code = 1;
}
const countsFile = process.env["PLINTH_TEST_COUNTS"];
if (countsFile !== undefined) {
  const failed = counts.failed + (isCi ? counts.skipped : 0);
  writeFileSync(countsFile, JSON.stringify({ ...counts, failed }));
}
process.exitCode = code;

function runTests(
  node: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>>,
): { code: number; counts: TestCounts } {
  const file = join(folder, "counts.json");
  rmSync(file, { force: true });
  const reporter = join(root, "scripts", "count-tests.ts");
  const done = spawnSync(
    node,
    [
      join(root, "node_modules", "vitest", "vitest.mjs"),
      "run",
      "--reporter=default",
      `--reporter=${reporter}`,
      ...parameters,
    ],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        ...env,
        PLINTH_TEST_COUNTS: file,
        ...(isLong ? { PLINTH_TEST_LONG: "1" } : {}),
      },
    },
  );
  const code = done.status ?? 1;
  // No counts: it did not get as far as the tests.
  const counted = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as TestCounts)
    : { files: 0, passed: 0, failed: 1, skipped: 0, failures: [] };
  const isUncounted = code !== 0 && counted.failed === 0;
  return { code, counts: isUncounted ? { ...counted, failed: 1 } : counted };
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
