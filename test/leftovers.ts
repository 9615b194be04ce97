// Runs before each file of tests. Those of a worker share one process, in an order that differs from run to run: a file
// that leaves something replaced fails here, and not another one behind it.
import { afterAll, expect } from "vitest";

const REPLACEABLE: readonly (readonly [name: string, of: object, members: readonly string[]])[] = [
  [
    "globalThis",
    globalThis,
    [
      "Date",
      "Function",
      "clearImmediate",
      "clearInterval",
      "clearTimeout",
      "crypto",
      "fetch",
      "performance",
      "queueMicrotask",
      "setImmediate",
      "setInterval",
      "setTimeout",
    ],
  ],
  ["Date", Date, ["now"]],
  ["Error", Error, ["captureStackTrace", "prepareStackTrace", "stackTraceLimit"]],
  ["Math", Math, ["random"]],
  ["console", console, ["debug", "error", "info", "log", "warn"]],
  ["performance", performance, ["now"]],
  ["process", process, ["cwd", "emitWarning", "exit", "exitCode", "hrtime", "kill", "nextTick"]],
  ["process.stderr", process.stderr, ["write"]],
  ["process.stdout", process.stdout, ["write"]],
];

function stateNow(): Map<string, unknown> {
  const members = REPLACEABLE.flatMap(([name, of, keys]) =>
    keys.map((key) => [`${name}.${key}`, Reflect.get(of, key) as unknown] as const),
  );
  const env = Object.entries(process.env).map(([key, value]) => [`env ${key}`, value] as const);
  return new Map<string, unknown>([...members, ...env, ["folder", process.cwd()]]);
}

const before = stateNow();

afterAll(() => {
  const after = stateNow();
  const names = new Set([...before.keys(), ...after.keys()]);
  const left = [...names].filter((name) => !Object.is(before.get(name), after.get(name)));
  expect(left, "Left as it wasn't before, for the tests of other files").toEqual([]);
});
