import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

export interface TestCounts {
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A vitest reporter that leaves the counts in the file named by PLINTH_TEST_COUNTS. */
export default class CountTests implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const file = process.env["PLINTH_TEST_COUNTS"];
    if (file === undefined) return;
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test: TestCase) => test.result().state),
    );
    // A file that could not be loaded, or an error outside every test, has no test to count it under.
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const counts: TestCounts = {
      files: modules.length,
      passed: states.filter((state) => state === "passed").length,
      failed: states.filter((state) => state === "failed").length + broken + unhandledErrors.length,
      skipped: states.filter((state) => state === "skipped" || state === "pending").length,
    };
    writeFileSync(file, JSON.stringify(counts));
  }
}
