import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

export interface TestCounts {
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /**
   * For each that failed or was skipped: where it stands, and how the error begins; in further lines what differs, and the
   * first place of its stack in this repository.
   */
  readonly failures: readonly string[];
}

let root = process.cwd();

const MAX_LINE_LENGTH = 300;
const MAX_DIFF_LINES = 24;

/** What vitest keeps of an error. */
interface KeptError {
  readonly message?: string;
  readonly name?: string;
  readonly stack?: string;
  readonly diff?: string;
  readonly cause?: unknown;
  /** Of one outside of every test: what it was, and which file ran. */
  readonly type?: string;
  readonly VITEST_TEST_PATH?: string;
  readonly VITEST_TEST_NAME?: string;
}

function linesOf(text: string): string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .map((line) => (line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line));
}

/** Of its stack, and of those of its causes, the first line of a file of ours each. */
function placesOf({ cause, stack = "" }: KeptError, depth = 0): string[] {
  const frames = linesOf(stack).filter((line) => /^\s+at /.test(line));
  const own = frames.find((line) => !/node_modules|node:/.test(line)) ?? frames[0];
  const place = own?.trim().replaceAll("file://", "").replaceAll(`${root}/`, "");
  const isFurther = depth < 3 && typeof cause === "object" && cause !== null;
  const further = isFurther ? placesOf(cause, depth + 1) : [];
  const message = depth > 0 && frames.length > 0 ? [`cause: ${linesOf(stack)[0]}`] : [];
  return [...message, ...(place === undefined ? [] : [place]), ...further];
}

function describe(place: string, error: KeptError = {}): string {
  const [start = "", ...rest] = linesOf(error.message ?? "no message");
  const diff = linesOf(error.diff ?? "").filter((line) => line.trim() !== "");
  const shown = diff.length > 0 ? diff : rest.filter((line) => line.trim() !== "");
  const details = [...shown.slice(0, MAX_DIFF_LINES), ...placesOf(error)];
  return [`failed: ${place}: ${start}`, ...details.map((line) => `    ${line}`)].join("\n");
}

function describeStray(error: KeptError): string {
  const { VITEST_TEST_NAME: test, VITEST_TEST_PATH: file, type } = error;
  const during = file === undefined ? "" : `, while ${relative(root, file)} ran`;
  const within = test === undefined ? "" : ` > ${test}`;
  return describe(`outside every test${during}${within}`, {
    ...error,
    message: `${type === undefined ? "" : `${type}: `}${error.message ?? "no message"}`,
  });
}

function failureOf(test: TestCase): string[] {
  const { errors = [], state } = test.result();
  const place = `${test.module.relativeModuleId} > ${test.fullName}`;
  if (state === "failed") return [describe(place, errors[0])];
  return state === "passed" ? [] : [`skipped: ${place}`];
}

/** A vitest reporter that leaves the counts, and what failed, in the file named by PLINTH_TEST_COUNTS. */
export default class CountTests implements Reporter {
  onInit(vitest: Vitest): void {
    root = vitest.config.root;
  }

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
        ...broken.map((module) => describe(module.relativeModuleId, module.errors()[0])),
        ...suites.map((suite) =>
          describe(`${suite.module.relativeModuleId} > ${suite.fullName}`, suite.errors()[0]),
        ),
        ...unhandledErrors.map((error) => describeStray(Object(error) as KeptError)),
      ],
    };
    writeFileSync(file, JSON.stringify(counts));
  }
}
