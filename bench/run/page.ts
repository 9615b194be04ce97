/** `docs/performance.md` and its chart, of the latest report of each database. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

import type { Database } from "../data/tables.ts";
import { chartSvg } from "./chart.ts";
import { headOf, meansOf, tablesOf, type Report, type Table } from "./tables.ts";
import type { WorkKind } from "./contenders.ts";

const results = new URL("../.data/results/", import.meta.url);
const docs = new URL("../../docs/", import.meta.url);

const titles: Record<Database, string> = {
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mariadb: "MariaDB",
};

/** The figures of each round, for the page, and for whoever wants to look closer. */
export function keepReport(report: Report): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL(fileName(report.kind, report.database), results), JSON.stringify(report));
}

const fileName = (kind: WorkKind, database: Database) =>
  kind === "operations" ? `${database}.json` : `${database}-${kind}.json`;

const typesFile = new URL("types.json", results);

/** What the types cost. */
export function keepTypes(tables: readonly Table[]): void {
  mkdirSync(results, { recursive: true });
  writeFileSync(typesFile, JSON.stringify(tables));
}

function latestReports(kind: WorkKind): Report[] {
  return (Object.keys(titles) as Database[])
    .map((database) => new URL(fileName(kind, database), results))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as Report);
}

export function writePage(): void {
  const reports = latestReports("operations");
  const panels = reports.flatMap((report) => {
    const title = titles[report.database];
    const loaded = meansOf(report, "loaded");
    return [
      { title: `${title}, one in flight`, means: meansOf(report, "latency") },
      ...(loaded.length === 0
        ? []
        : [{ title: `${title}, ${report.inFlight} in flight`, means: loaded }]),
    ];
  });
  writeFileSync(new URL("performance.svg", docs), chartSvg(panels));
  const page = pageText(reports, latestReports("shapes"), latestTypes());
  writeFileSync(new URL("performance.md", docs), page);
}

function latestTypes(): Table[] {
  return existsSync(typesFile) ? (JSON.parse(readFileSync(typesFile, "utf8")) as Table[]) : [];
}

function pageText(
  reports: readonly Report[],
  shapes: readonly Report[],
  types: readonly Table[],
): string {
  const [processor] = cpus();
  const parts = [
    "# Performance",
    "The time that nine pieces of work take, as a multiple of the bare driver's in the same round: 1.00 is the driver, used as its documentation shows. `plinth` is the ordinary builder, with nothing prepared by hand; `plinth, checked SQL` is SQL by hand that `plinth check` typed.",
    "![Time as a multiple of the bare driver's: a bar for each contender, the shortest first](performance.svg)",
    `Written by \`npm run bench -- all --write\` on ${cpus().length} × ${processor?.model.trim() ?? "an unknown processor"}. What each contender does, and how it is measured, is in \`bench/README.md\`; no machine gives the same figures twice, but the ratios stay within some hundredths on servers, and a tenth on SQLite.`,
    ...reports.flatMap((report) => [
      `## ${titles[report.database]}`,
      headOf(report),
      ...tablesOf(report).map(tableMarkdown),
    ]),
    ...(shapes.length === 0
      ? []
      : [
          "## Further shapes",
          "Twelve pieces of work that the nine above don't hold: rows of 60 columns, optional filters, `in` lists of 1 to 100, joins of six tables, a stream of 100,000 rows, upserts, 100 rows each to its own value, pages by cursor, conditions on related rows, checked SQL with a list, 50 orders with details and products beside one flat join, and 1,000 rows with their dates. What each does is in `bench/shapes/shapes.ts`.",
        ]),
    ...shapes.flatMap((report) => [
      headOf(report),
      ...tablesOf(report).map((table) =>
        tableMarkdown({ ...table, title: `${titles[report.database]}: ${table.title}` }),
      ),
    ]),
    ...(types.length === 0
      ? []
      : [
          "## Types",
          "What the types of a program cost: tables of ten columns, each with a foreign key and two relations, and queries that join, insert, update, and read a row with its parent, its children and theirs. Seconds are those of the whole run of the compiler, “1,000 queries” what so many add to it. Milliseconds are those of the language service of TypeScript 6: a hover over a row of relations when the program has just been opened, and hover and completion after a key was pressed. The programs are in `bench/types/`.",
          ...types.map(tableMarkdown),
        ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function tableMarkdown({ header, rows, title }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, column) => (column === 0 ? "---" : "---:"));
  return [`### ${title}`, "", line(header), line(rule), ...rows.map(line)].join("\n");
}
