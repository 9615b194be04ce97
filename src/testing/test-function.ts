/** The function that registers a test: handed over, or that of whatever runs the tests. */

import { ConfigError } from "../core/error.ts";

/** What vitest and node:test hand to a test. */
export interface TestContext {
  readonly signal?: AbortSignal;
  /** Of vitest: `expect.soft` fails a test without throwing. */
  readonly task?: { readonly result?: { readonly state?: string } | undefined };
}

export type TestBody = (context?: unknown) => Promise<void>;

interface Register {
  // oxlint-disable-next-line typescript/no-explicit-any -- vitest and node:test have overloads of their own.
  (name: string, ...rest: any[]): unknown;
}

/** `test` of vitest, Jest, Bun or node:test. */
export interface TestFunction extends Register {
  readonly only: Register;
  readonly skip: Register;
}

/** Registers what follows the tests: `afterAll`, or `after` of node:test. */
export type AfterFunction = (run: () => Promise<void>) => unknown;

export interface TestRunner {
  readonly test: TestFunction;
  /** Undefined where it isn't known. */
  readonly after: AfterFunction | undefined;
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function fromMembers(holder: unknown): TestRunner | undefined {
  const { test, afterAll, after } = Object(holder) as Record<string, unknown>;
  if (!isFunction(test)) return undefined;
  const found = [afterAll, after].find(isFunction);
  return { test: test as TestFunction, after: found as AfterFunction | undefined };
}

/** @throws {ConfigError} where nothing that runs tests is found. */
export function findRunner(): TestRunner {
  // With `globals`, as Jest and Bun have always; without, vitest keeps its own module there.
  const found = fromMembers(globalThis) ?? fromMembers(Reflect.get(globalThis, "__vitest_index__"));
  if (found !== undefined) return found;
  if (process.env["VITEST"] !== undefined) {
    throw new ConfigError("The test function of vitest was not found.", {
      hint: 'Hand it over: databaseTest.extend({ test, after: afterAll }), both from "vitest".',
    });
  }
  const runner = fromMembers(process.getBuiltinModule("node:test"));
  if (runner !== undefined) return runner;
  throw new ConfigError("Nothing that runs tests was found.", {
    hint: "Hand over its function: databaseTest.extend({ test }).",
  });
}
