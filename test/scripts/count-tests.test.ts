import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";
import { runPlanted } from "./planted-tests.ts";

function count(files: Readonly<Record<string, string>>): { code: number | null; counts: unknown } {
  const { done, folder } = runPlanted(
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        name,
        `import { expect, test } from "vitest";\n${text}\n`,
      ]),
    ),
    () => [`--reporter=${join(root, "scripts/count-tests.ts")}`],
    (at) => ({ PLINTH_TEST_COUNTS: join(at, "counts.json") }),
  );
  return {
    code: done.status,
    counts: JSON.parse(readFileSync(join(folder, "counts.json"), "utf8")) as unknown,
  };
}

test("counts what passed, failed and was skipped", () => {
  expect(
    count({
      "one.test.ts": `test("a", () => {}); test("b", () => expect(1).toBe(2)); test.skip("c", () => {});`,
      "two.test.ts": `test.for([1, 2, 3])("d %s", () => {}); test.todo("e");`,
    }),
  ).toEqual({
    code: 1,
    counts: {
      files: 2,
      passed: 4,
      failed: 1,
      skipped: 2,
      failures: [
        `failed: one.test.ts > b: expected 1 to be 2 // Object.is equality
    - Expected
    + Received
    - 2
    + 1
    at one.test.ts:2:48`,
        "skipped: one.test.ts > c",
        "skipped: two.test.ts > e",
      ],
    },
  });
});

test("counts a file that could not be read as failed", () => {
  expect(
    count({ "one.test.ts": `test("a", () => {});`, "two.test.ts": `throw new Error("no");` }),
  ).toEqual({
    code: 1,
    counts: {
      files: 2,
      passed: 1,
      failed: 1,
      skipped: 0,
      failures: ["failed: two.test.ts: no\n    at two.test.ts:2:7"],
    },
  });
});

test("counts an error that belongs to no test as failed", () => {
  expect(
    count({
      "one.test.ts": `test("a", async () => {
        void Promise.reject(new Error("lost", { cause: new RangeError("why") }));
        await new Promise((resolve) => setTimeout(resolve, 50));
      });`,
    }),
  ).toEqual({
    code: 1,
    counts: {
      files: 1,
      passed: 1,
      failed: 1,
      skipped: 0,
      failures: [
        `failed: outside every test, while one.test.ts ran > a: Unhandled Rejection: lost
    at one.test.ts:3:29
    cause: RangeError: why
    at one.test.ts:3:56`,
      ],
    },
  });
});

test("passes when all did", () => {
  expect(count({ "one.test.ts": `test("a", () => {});` })).toEqual({
    code: 0,
    counts: { files: 1, passed: 1, failed: 0, skipped: 0, failures: [] },
  });
});
