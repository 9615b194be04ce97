import { expect, test } from "vitest";

import { roleOf, roundsOf } from "../../bench/run/contenders.ts";
import { ratiosOf } from "../../bench/run/ratios.ts";
import { headOf, tablesOf } from "../../bench/run/tables.ts";
import { reportOf, roundResult } from "./results.ts";

test("who is who is told by the contender's name", () => {
  expect(
    ["raw", "raw-named", "plinth-checked", "kysely", "drizzle-0-prepared"].map(roleOf),
  ).toEqual(["driver", "driver", "own", "peer", "prepared"]);
});

test("peers run in fewer rounds, which lie evenly among the others'", () => {
  const rounds = { rounds: 5, peersRounds: 2 };
  expect(roundsOf("raw-named", rounds)).toEqual([0, 1, 2, 3, 4]);
  expect(roundsOf("plinth", rounds)).toEqual([0, 1, 2, 3, 4]);
  expect(roundsOf("kysely", rounds)).toEqual([0, 3]);
  expect(roundsOf("drizzle-prepared", { rounds: 4, peersRounds: 4 })).toEqual([0, 1, 2, 3]);
  expect(roundsOf("kysely", { rounds: 9, peersRounds: 1 })).toEqual([0]);
});

test("a ratio is to the bare driver of the same round", () => {
  const report = reportOf([
    roundResult("raw", 0, { byKey: 10, bulk: 100 }),
    roundResult("plinth", 0, { byKey: 5, bulk: 200 }),
    roundResult("raw", 1, { byKey: 20, bulk: 100 }),
    roundResult("plinth", 1, { byKey: 20, bulk: 400 }),
    roundResult("raw", 2, { byKey: 40, bulk: 100 }),
    roundResult("plinth", 2, { byKey: 20, bulk: 200 }),
  ]);
  expect(ratiosOf(report, "latency", "microseconds")).toEqual([
    {
      contender: "raw",
      ratios: [
        { ratio: 1, range: { lowest: 1, highest: 1 } },
        { ratio: 1, range: { lowest: 1, highest: 1 } },
      ],
      mean: { ratio: 1, range: { lowest: 1, highest: 1 } },
    },
    {
      contender: "plinth",
      ratios: [
        { ratio: 0.5, range: { lowest: 0.5, highest: 1 } },
        { ratio: 2, range: { lowest: 2, highest: 4 } },
      ],
      mean: { ratio: 1, range: { lowest: 1, highest: expect.closeTo(2, 10) as number } },
    },
  ]);
});

test("who can't do all has no mean, and is last", () => {
  const report = reportOf([
    roundResult("kysely", 0, { byKey: 1 }),
    roundResult("raw", 0, { byKey: 10, bulk: 100 }),
  ]);
  const [time] = tablesOf(report);
  expect(time).toEqual({
    title: "Time, one in flight",
    header: ["", "by key", "bulk", "geo. mean", "single rounds"],
    rows: [
      ["raw", "1.00", "1.00", "1.00", "1.00"],
      ["kysely", "0.10", "–", "–", "–"],
      ["raw, µs", "10.0", "100", "", ""],
    ],
  });
});

test("the head says where the peers ran in fewer rounds", () => {
  const raw = [0, 1, 2].map((round) => roundResult("raw", round, { byKey: 1 }, "raw driver"));
  expect(headOf(reportOf(raw))).toContain("raw driver in the same round, medians of 3 rounds.");
  const peer = roundResult("kysely", 0, { byKey: 1 });
  expect(headOf(reportOf([...raw, peer]))).toContain("medians of 3 rounds, of the peers of 1.");
});
