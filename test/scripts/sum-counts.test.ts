import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "plinth-counts-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function sum(
  ...parts: { counts?: { passed: number; failed: number; failures?: string[] }; code: number }[]
): {
  code: number | null;
  line: string;
} {
  const parameters = parts.flatMap(({ code, counts }, index) => {
    const file = join(folder, `${index}.json`);
    if (counts !== undefined) writeFileSync(file, JSON.stringify(counts));
    return [file, String(code)];
  });
  const done = spawnSync(process.execPath, [join(root, "scripts/sum-counts.mjs"), ...parameters], {
    encoding: "utf8",
  });
  return { code: done.status, line: done.stdout };
}

test("adds up what passed", () => {
  expect(
    sum(
      { counts: { passed: 3, failed: 0 }, code: 0 },
      { counts: { passed: 2, failed: 0 }, code: 0 },
    ),
  ).toEqual({
    code: 0,
    line: "5 passed, 0 failed\n",
  });
});

test("counts what failed, and fails", () => {
  expect(
    sum(
      { counts: { passed: 3, failed: 2 }, code: 1 },
      { counts: { passed: 2, failed: 0 }, code: 0 },
    ),
  ).toEqual({
    code: 1,
    line: "5 passed, 2 failed\n",
  });
});

test("says what failed above the count, so that the end of what was printed tells it", () => {
  const failures = ["failed: one.test.ts > a: no", "failed: one.test.ts > b: no"];
  expect(
    sum(
      { counts: { passed: 3, failed: 2, failures }, code: 1 },
      { counts: { passed: 2, failed: 0 }, code: 0 },
    ).line,
  ).toBe(`${failures.join("\n")}\n5 passed, 2 failed\n`);
});

test("counts as failed what left no count, or failed all the same", () => {
  expect(sum({ code: 1 }, { counts: { passed: 2, failed: 0 }, code: 0 })).toEqual({
    code: 1,
    line: "2 passed, 1 failed\n",
  });
  expect(sum({ counts: { passed: 2, failed: 0 }, code: 1 })).toEqual({
    code: 1,
    line: "2 passed, 1 failed\n",
  });
});

test("does not pass when nothing ran", () => {
  expect(sum()).toEqual({ code: 1, line: "0 passed, 1 failed\n" });
  expect(sum({ counts: { passed: 0, failed: 0 }, code: 0 })).toEqual({
    code: 1,
    line: "0 passed, 1 failed\n",
  });
});
