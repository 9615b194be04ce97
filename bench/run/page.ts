/** `docs/performance.md` and its chart, of the latest findings. */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";

import { chartSvg, type Panel } from "./chart.ts";
import { databaseTitles, latestFindings, type Findings } from "./findings.ts";
import { meansOf } from "./ratios.ts";
import type { Report } from "./results.ts";
import { aimsText, linesOf, summaryTable } from "./summary.ts";
import { coldStartTable, headOf, tablesOf, type Table } from "./tables.ts";

const docs = new URL("../../docs/", import.meta.url);

export function writePage(): void {
  const findings = latestFindings();
  const [processor] = cpus();
  const machine = `${cpus().length} × ${processor?.model.trim() ?? "an unknown processor"}`;
  writeFileSync(new URL("performance.svg", docs), chartSvg(panelsOf(findings)));
  writeFileSync(new URL("performance.md", docs), pageText(findings, machine));
}

export function panelsOf({ reports }: Findings): Panel[] {
  const operations = reports.filter(({ kind }) => kind === "operations");
  return operations.flatMap((report) => {
    const title = databaseTitles[report.database];
    const loaded = meansOf(report, "loaded");
    const panels = [
      { title: `${title}, one in flight`, means: meansOf(report, "latency") },
      { title: `${title}, ${report.inFlight} in flight`, means: loaded },
    ];
    return panels.filter(({ means }) => means.length > 0);
  });
}

/** As `npm run format` leaves it. */
export function pageText(findings: Findings, machine: string): string {
  const { coldStarts, reports, types } = findings;
  const [operations, shapes] = (["operations", "shapes"] as const).map((wanted) =>
    reports.filter(({ kind }) => kind === wanted),
  );
  const parts = [
    "# Performance",
    "The time that nine pieces of work take, as a multiple of the bare driver's in the same round: 1.00 is the driver, used as its documentation shows. `plinth` is the ordinary builder, with nothing prepared by hand; `plinth, checked SQL` is SQL by hand that `plinth check` typed.",
    ...inShort(findings),
    "![Time as a multiple of the bare driver's: a bar for each contender, the shortest first, and across its end a line from the lowest to the highest round](performance.svg)",
    `Written by \`npm run bench -- all --write\` on ${machine}. What each contender does, and how it is measured, is in \`bench/README.md\`; no machine gives the same figures twice, but the ratios stay within some hundredths on servers, and a tenth on SQLite. “Single rounds” is the lowest and the highest mean of one round.`,
    ...operations!.flatMap((report) => [
      `## ${databaseTitles[report.database]}`,
      headOf(report),
      ...tablesOf(report).map(titledMarkdown),
    ]),
    ...(coldStarts === undefined
      ? []
      : [
          "## Cold start",
          "From the begin of a process to the first row read on SQLite, above what an empty program takes; in plain JavaScript. The programs are in `bench/cold/`.",
          tableMarkdown(coldStartTable(coldStarts)),
        ]),
    ...(shapes!.length === 0
      ? []
      : [
          "## Further shapes",
          "Twelve pieces of work that the nine above don't hold: rows of 60 columns, optional filters, `in` lists of 1 to 100, joins of six tables, a stream of 100,000 rows, upserts, 100 rows each to its own value, pages by cursor, conditions on related rows, checked SQL with a list, 50 orders with details and products beside one flat join, and 1,000 rows with their dates. What each does is in `bench/shapes/shapes.ts`.",
        ]),
    ...shapes!.flatMap(shapeParts),
    ...(types === undefined
      ? []
      : [
          "## Types",
          "What the types of a program cost: tables of ten columns, each with a foreign key and two relations, and queries that join, insert, update, and read a row with its parent, its children and theirs. Seconds are those of the whole run of the compiler, “1,000 queries” what so many add to it. Milliseconds are those of the language service of TypeScript 6: a hover over a row of relations when the program has just been opened, and hover and completion after a key was pressed. The programs are in `bench/types/`.",
          ...types.map(titledMarkdown),
        ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function inShort(findings: Findings): string[] {
  const lines = linesOf(findings);
  if (lines.length === 0) return [];
  const table = summaryTable(lines);
  // Commands stand as code.
  const rows = table.rows.map((row) => [...row.slice(0, -1), `\`${row.at(-1)}\``]);
  return [
    "## In short",
    "One in flight and the geometric mean of the nine, where a line doesn't say otherwise; in brackets the lowest and the highest of single rounds, or whose figure it is. Each command prints its lines again; `npm run bench -- all` prints those of the nine on all databases, and the cold start. The aims are our own, for the ordinary builder; milliseconds are for a quiet machine.",
    tableMarkdown({ ...table, rows }),
    aimsText(lines),
  ];
}

function shapeParts(report: Report): string[] {
  const title = databaseTitles[report.database];
  return [
    headOf(report),
    ...tablesOf(report).map((table) =>
      titledMarkdown({ ...table, title: `${title}: ${table.title}` }),
    ),
  ];
}

const titledMarkdown = (table: Table) => `### ${table.title}\n\n${tableMarkdown(table)}`;

/** The columns as wide as their widest cell, as the formatter has them. */
export function tableMarkdown({ header, rows }: Table): string {
  const widths = header.map((name, column) =>
    Math.max(3, name.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const padded = (cells: readonly string[]) =>
    line(
      cells.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      ),
    );
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [padded(header), line(rule), ...rows.map(padded)].join("\n");
}
