/** What runs have found, kept as files: for the page, and for whoever wants to look closer. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

import type { Database } from "../data/tables.ts";
import type { ColdStarts } from "./cold-start.ts";
import type { Report } from "./results.ts";
import type { Table } from "./tables.ts";

export interface Findings {
  /** At most one of a database and kind of work. */
  readonly reports: readonly Report[];
  readonly coldStarts?: ColdStarts;
  /** What types cost; a table for each size of a schema. */
  readonly types?: readonly Table[];
}

export const databaseTitles: Record<Database, string> = {
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mariadb: "MariaDB",
};

const folder = new URL("../.data/results/", import.meta.url);
const fileOf = ({ database, kind }: Pick<Report, "database" | "kind">) =>
  kind === "operations" ? database : `${database}-${kind}`;

/** Each replaces what was kept of the same. */
export function keepFindings({ coldStarts, reports, types }: Findings): void {
  mkdirSync(folder, { recursive: true });
  for (const report of reports) write(fileOf(report), report);
  if (coldStarts !== undefined) write("cold", coldStarts);
  if (types !== undefined) write("types", types);
}

export function latestFindings(): Findings {
  const databases = Object.keys(databaseTitles) as Database[];
  const reports = (["operations", "shapes"] as const)
    .flatMap((kind) => databases.map((database) => read<Report>(fileOf({ database, kind }))))
    .filter((report) => report !== undefined);
  const coldStarts = read<ColdStarts>("cold");
  const types = read<Table[]>("types");
  return {
    reports,
    ...(coldStarts === undefined ? {} : { coldStarts }),
    ...(types === undefined ? {} : { types }),
  };
}

const urlOf = (name: string) => new URL(`${name}.json`, folder);

function write(name: string, found: unknown): void {
  writeFileSync(urlOf(name), JSON.stringify(found));
}

function read<Found>(name: string): Found | undefined {
  if (!existsSync(urlOf(name))) return undefined;
  return JSON.parse(readFileSync(urlOf(name), "utf8")) as Found;
}
