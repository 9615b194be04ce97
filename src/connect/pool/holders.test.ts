import { expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { holderOf, saidOf, Traces, withoutData } from "./holders.ts";

function tracesAt(most: number): { traces: Traces; passMs: (durationMs: number) => void } {
  let nowMs = 1_000;
  const traces = new Traces({ ...systemClock, monotonicMs: () => nowMs }, most);
  return { traces, passMs: (durationMs) => (nowMs += durationMs) };
}

function ask(traces: Traces): string | undefined {
  return traces.take(ask)?.stack;
}

test("as many stacks as there are connections are made at once, and lead to who asks", () => {
  const { traces } = tracesAt(3);
  const stacks = Array.from({ length: 5 }, () => ask(traces));
  expect(stacks.map((stack) => stack !== undefined)).toEqual([true, true, true, false, false]);
  const [, innermost] = stacks[0]!.split("\n");
  expect(innermost).toContain("holders.test.ts");
  expect(innermost).not.toContain("at ask");
});

test("who asks often has a stack each five milliseconds", () => {
  const { passMs, traces } = tracesAt(3);
  let made = 0;
  for (let at = 0; at < 10_000; at++) {
    passMs(0.2);
    if (ask(traces) !== undefined) made++;
  }
  expect(made).toBeGreaterThan(370);
  expect(made).toBeLessThan(410);
});

test("a pause earns as many as there are connections, and no more", () => {
  const { passMs, traces } = tracesAt(3);
  for (let at = 0; at < 3; at++) ask(traces);
  passMs(60_000);
  const stacks = Array.from({ length: 5 }, () => ask(traces));
  expect(stacks.filter((stack) => stack !== undefined).length).toBe(3);
});

test("who has no stack is told by the statement that ran last, and without one by the time alone", () => {
  const held = { sinceMs: 1_000, trace: undefined };
  const long = `select\n  ${Array.from({ length: 40 }, (_, at) => `"c${at}"`).join(", ")}`;
  const holders = [
    holderOf({ ...held, trace: { stack: "Error\n    at work (/app/orders.ts:7:1)" } }, 4_000, "x"),
    holderOf(held, 3_000, long),
    holderOf(held, 2_000),
  ];
  expect(holders.map(({ statement }) => statement)).toEqual(["x", long, undefined]);
  expect(saidOf(holders)).toBe(
    `Held longest: for 3.0 s at work (/app/orders.ts:7:1); ` +
      `for 2.0 s by who last ran select ${long.slice(9, 82)}…; for 1.0 s at an unknown place. `,
  );
});

test("a statement is told up to where data was written into it", () => {
  expect(withoutData(`select "id" from "users" where "name" = $1`, '"')).toBe(
    `select "id" from "users" where "name" = $1`,
  );
  expect(withoutData(`select "id" from t where a = 'it''s' and b = 1`, '"')).toBe(
    `select "id" from t where a = …`,
  );
  expect(withoutData(`select $a$ secret $a$`, '"')).toBe("select …");
  expect(withoutData('select `id` from t where a = "secret"', "`")).toBe(
    "select `id` from t where a = …",
  );
});
