import { expect, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { Traces } from "./holders.ts";

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
