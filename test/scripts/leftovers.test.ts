import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/prepare.mjs";
import { runPlanted } from "./planted-tests.ts";

test("a file of tests that leaves a clock, a variable or a folder behind fails, and the next one doesn't", () => {
  const files = {
    "config.mjs": `export default { test: {
      include: ["*.test.mjs"], pool: "forks", isolate: false, maxWorkers: 1, fileParallelism: false,
      setupFiles: [${JSON.stringify(join(root, "test/leftovers.ts"))}],
    } };`,
    "clock.test.mjs": `import { test, vi } from "vitest"; test("a", () => void vi.useFakeTimers({ toFake: ["setTimeout"] }));`,
    "folder.test.mjs": `import { test } from "vitest"; test("a", () => process.chdir("/"));`,
    "variable.test.mjs": `import { test } from "vitest"; test("a", () => void (process.env.LEFT = "x"));`,
    "tidy.test.mjs": `import { test } from "vitest"; test("a", () => {});`,
  };
  const { done } = runPlanted(
    files,
    (folder) => ["--config", join(folder, "config.mjs")],
    () => ({ NO_COLOR: "1" }),
  );
  const told = `${done.stdout}${done.stderr}`;
  expect(done.status).toBe(1);
  expect(told).toContain(`"globalThis.setTimeout"`);
  expect(told).toContain(`"env LEFT"`);
  expect(told).toContain(`"folder"`);
  const failed = [...told.matchAll(/FAIL {2}(\w+)\.test\.mjs/g)].map(([, name]) => name);
  expect(new Set(failed)).toEqual(new Set(["clock", "folder", "variable"]));
});
