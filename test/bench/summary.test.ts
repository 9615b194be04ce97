import { expect, test } from "vitest";

import type { ColdStarts } from "../../bench/run/cold-start.ts";
import { summaryText } from "../../bench/run/report.ts";
import type { WorkName } from "../../bench/run/results.ts";
import { aimsText, linesOf, summaryTable } from "../../bench/run/summary.ts";
import { operationNames } from "../../bench/work/operations.ts";
import { reportOf, roundResult } from "./results.ts";

/** The nine, each of the same time, but those that are named. */
const nine = (time: number, others: Partial<Record<WorkName, number>> = {}) => ({
  ...Object.fromEntries(operationNames.map((name) => [name, time])),
  ...others,
});

const sqlite = reportOf([
  roundResult("raw", 0, nine(10)),
  roundResult("raw-better-sqlite3", 0, nine(1)),
  roundResult("plinth", 0, nine(8, { transaction: 13 })),
  roundResult("plinth-checked", 0, nine(7)),
  roundResult("kysely", 0, nine(30), "kysely (better-sqlite3)"),
  roundResult("knex", 0, nine(40)),
  roundResult("drizzle-prepared", 0, nine(20), "drizzle 1.0-rc, prepared by hand"),
]);

const rowOf = (title: string, ...parameters: Parameters<typeof linesOf>) =>
  summaryTable(linesOf(...parameters)).rows.find(([first]) => first === title);

test("a line tells Plinth's figure and the best peer's, beside the aim", () => {
  const findings = { reports: [sqlite] };
  expect(rowOf("SQLite", findings)).toEqual([
    "SQLite",
    "≤ 0.90",
    "0.84",
    "0.70",
    "3.00 (kysely)",
    "2.00 (drizzle 1.0-rc)",
    "npm run bench -- sqlite",
  ]);
  expect(rowOf("SQLite, the slowest operation", findings)?.slice(0, 4)).toEqual([
    "SQLite, the slowest operation",
    "≤ 1.20",
    "1.30 (transaction)",
    "0.70 (byKey)",
  ]);
  expect(rowOf("SQLite, 1,000 rows inserted", findings)?.at(-1)).toBe(
    "npm run bench -- sqlite --ops bulk",
  );
  expect(rowOf("SQLite, peak memory (1.00: 4 MiB)", findings)?.slice(1, 3)).toEqual([
    "≤ 1.30",
    "2.00",
  ]);
});

test("missed aims are named, and met ones counted", () => {
  const lines = linesOf({ reports: [sqlite] });
  expect(aimsText(lines)).toBe(
    "Aims missed: 3 of 4. SQLite, the slowest operation (1.30, aim ≤ 1.20); SQLite, 1,000 rows inserted (0.80, aim ≤ 0.60); SQLite, peak memory (1.00: 4 MiB) (2.00, aim ≤ 1.30).",
  );
  const met = linesOf({ reports: [sqlite] }).filter(({ title }) => title === "SQLite");
  expect(aimsText(met)).toBe("Aims missed: none of 1.");
  expect(summaryText(met)).toMatch(/^In short\n/);
});

test("the mean of some of the nine is no figure of the summary", () => {
  const some = reportOf([
    roundResult("raw", 0, { byKey: 10, bulk: 10 }),
    roundResult("plinth", 0, { byKey: 5, bulk: 5 }),
  ]);
  expect(linesOf({ reports: [some] }).map(({ title }) => title)).toEqual([
    "SQLite, 1,000 rows inserted",
  ]);
});

test("a run without Plinth has nothing to sum up", () => {
  const others = sqlite.results.filter(({ contender }) => !contender.startsWith("plinth"));
  expect(linesOf({ reports: [{ ...sqlite, results: others }] })).toEqual([]);
});

test("further shapes and many in flight have lines of their own", () => {
  const half = (names: readonly string[]) => [
    roundResult("raw", 0, Object.fromEntries(names.map((name) => [name, 10]))),
    roundResult("plinth", 0, Object.fromEntries(names.map((name) => [name, 5]))),
  ];
  const reports = [
    reportOf(half(["trees", "rows"]), { kind: "shapes" }),
    reportOf(half(operationNames), { database: "mariadb" }),
  ];
  expect(rowOf("SQLite, 50 orders with details and products", { reports })?.slice(2)).toEqual([
    "0.50",
    "–",
    "–",
    "–",
    "npm run bench -- sqlite --ops trees",
  ]);
  expect(rowOf("MariaDB, 32 in flight", { reports })?.[2]).toBe("0.50");
  const fewer = reports.map((report) => ({ ...report, inFlight: 8 }));
  expect(rowOf("MariaDB, 32 in flight", { reports: fewer })).toBeUndefined();
});

test("a cold start stands beside an empty program's, and as a multiple of the best peer's", () => {
  const memoryBytes = 2 ** 20;
  const coldStarts: ColdStarts = {
    emptyMs: 41.2,
    emptyMemoryBytes: memoryBytes,
    programs: [
      { name: "raw", aboveEmptyMs: 1, memoryBytes },
      { name: "plinth", aboveEmptyMs: 12.04, memoryBytes },
      { name: "drizzle", aboveEmptyMs: 48.16, memoryBytes },
      { name: "kysely", aboveEmptyMs: 60, memoryBytes },
    ],
  };
  const lines = linesOf({ reports: [], coldStarts });
  expect(summaryTable(lines).rows.map((row) => row.slice(0, 5))).toEqual([
    [
      "SQLite, cold start, ms above the 41 of an empty program",
      "≤ 12.0",
      "12.0",
      "–",
      "48.2 (drizzle)",
    ],
    ["SQLite, cold start, × the best peer's", "", "0.25", "–", "1.00 (drizzle)"],
  ]);
  // By the digits that are printed.
  expect(aimsText(lines)).toBe("Aims missed: none of 1.");
});

test("types are held against two peers, whoever else is ahead", () => {
  const header = [
    "",
    "instantiations",
    "TypeScript 7, s",
    "1,000 queries, s",
    "TypeScript 6, s",
    "1,000 queries, s",
  ];
  const table = (title: string) => ({
    title,
    header,
    rows: [
      ["plinth", "1", "9", "0.40", "9", "0.60"],
      ["drizzle 1.0-rc", "1", "9", "0.90", "9", "0.50"],
      ["kysely", "1", "9", "0.80", "9", "0.70"],
      ["prisma 7", "1", "9", "0.30", "9", "0.90"],
    ],
  });
  const types = [table("10 tables"), table("300 tables")];
  const lines = linesOf({ reports: [], types });
  expect(summaryTable(lines).rows.map((row) => row.slice(1, 5))).toEqual([
    ["< drizzle 1.0-rc, kysely", "0.40", "–", "0.30 (prisma 7)"],
    ["< drizzle 1.0-rc, kysely", "0.60", "–", "0.50 (drizzle 1.0-rc)"],
  ]);
  expect(lines.map(({ aim }) => aim?.isMet)).toEqual([true, false]);
  expect(linesOf({ reports: [], types: [table("10 tables")] })).toEqual([]);
});
