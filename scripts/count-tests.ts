import { writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule } from "vitest/node";

export interface TestCounts {
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A line for each that failed or was skipped: where it stands, and how the error begins. */
  readonly failures: readonly string[];
}

const MAX_MESSAGE_LENGTH = 200;

function startOf(error: unknown): string {
  const message = (error as Partial<Error> | undefined)?.message ?? "no message";
  const [line = ""] = stripVTControlCharacters(message).split("\n", 1);
  return line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line;
}

function failureOf(test: TestCase): string[] {
  const { errors = [], state } = test.result();
  const place = `${test.module.relativeModuleId} > ${test.fullName}`;
  if (state === "failed") return [`failed: ${place}: ${startOf(errors[0])}`];
  return state === "passed" ? [] : [`skipped: ${place}`];
}

/** A vitest reporter that leaves the counts, and what failed, in the file named by PLINTH_TEST_COUNTS. */
export default class CountTests implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const file = process.env["PLINTH_TEST_COUNTS"];
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => test.result().state);
    // A file that could not be loaded, or an error outside every test, has no test to count it under.
    const broken = modules.filter((module) => module.errors().length > 0);
    // What is done before or after a group of tests, and failed.
    const suites = modules
      .flatMap((module) => [...module.children.allSuites()])
      .filter((suite) => suite.errors().length > 0);
    const counts: TestCounts = {
      files: modules.length,
      passed: states.filter((state) => state === "passed").length,
      failed:
        states.filter((state) => state === "failed").length +
        broken.length +
        suites.length +
        unhandledErrors.length,
      skipped: states.filter((state) => state === "skipped" || state === "pending").length,
      failures: [
        ...tests.flatMap(failureOf),
        ...broken.map(
          (module) => `failed: ${module.relativeModuleId}: ${startOf(module.errors()[0])}`,
        ),
        ...suites.map(
          (suite) =>
            `failed: ${suite.module.relativeModuleId} > ${suite.fullName}: ${startOf(suite.errors()[0])}`,
        ),
        ...unhandledErrors.map((error) => `failed: outside every test: ${startOf(error)}`),
      ],
    };
    writeFileSync(file, JSON.stringify(counts));
  }
}
