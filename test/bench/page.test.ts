import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { chartSvg } from "../../bench/run/chart.ts";
import { pageText, panelsOf } from "../../bench/run/page.ts";
import { operationNames } from "../../bench/work/operations.ts";
import { shapeNames } from "../../bench/shapes/shapes.ts";
import { reportOf, roundResult } from "./results.ts";

const allOf = (names: readonly string[], time: number) =>
  Object.fromEntries(names.map((name) => [name, time]));

const rounds = (names: readonly string[]) =>
  [0, 1].flatMap((round) => [
    roundResult("raw", round, allOf(names, 10), "raw driver"),
    roundResult("plinth", round, allOf(names, 4 + round)),
    roundResult("kysely", round, allOf(names, 90), "kysely <3 & more"),
  ]);

const memoryBytes = 2 ** 25;
const findings = {
  reports: [
    reportOf(rounds(operationNames)),
    reportOf(rounds(operationNames), { database: "postgres" }),
    reportOf(rounds(shapeNames), { kind: "shapes" }),
  ],
  coldStarts: {
    emptyMs: 40,
    emptyMemoryBytes: memoryBytes,
    programs: [{ name: "plinth", aboveEmptyMs: 12, memoryBytes }],
  },
  types: [{ title: "10 tables", header: ["", "instantiations"], rows: [["plinth", "1,000"]] }],
};

test("the page is written as the formatter leaves it", () => {
  const page = pageText(findings, "2 × A processor");
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const program = `${root}node_modules/oxfmt/bin/oxfmt`;
  const { status, stdout } = spawnSync(
    process.execPath,
    [program, "--stdin-filepath", "docs/performance.md"],
    { cwd: root, input: page, encoding: "utf8" },
  );
  expect(status).toBe(0);
  expect(stdout).toBe(page);
});

test("the page begins in short, then come the databases, and each heading once", () => {
  const page = pageText(findings, "2 × A processor");
  const headings = [...page.matchAll(/^#+ .+$/gm)].map(([text]) => text);
  expect(headings.filter((text) => /^##? /.test(text))).toEqual([
    "# Performance",
    "## In short",
    "## SQLite",
    "## PostgreSQL",
    "## Cold start",
    "## Further shapes",
    "## Types",
  ]);
  expect(page).toContain("| SQLite, the slowest operation ");
  expect(page).toContain("`npm run bench -- postgres --ops transaction` |");
  expect(pageText({ reports: [] }, "A machine")).not.toContain("##");
});

test("the chart has a bar for each contender and kind of load, cut where it is too long", () => {
  const chart = chartSvg(panelsOf(findings));
  const count = (pattern: RegExp) => [...chart.matchAll(pattern)].length;
  // And one in the legend.
  expect(count(/<rect class="own"/g)).toBe(4 + 1);
  expect(count(/<rect class="driver"/g)).toBe(4 + 1);
  expect(count(/<rect class="peer"/g)).toBe(4 + 1);
  expect(count(/<path class="arrow"/g)).toBe(4);
  expect(count(/<line class="range"/g)).toBe(4 + 1);
  expect(chart).toContain("kysely &lt;3 &amp; more");
  expect(chart).toContain(">9.00<");
});
