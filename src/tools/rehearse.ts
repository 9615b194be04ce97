/** Applies migrations to a copy with data, to see what they do to it before they do it to the database. */

import { withSession } from "../connect/with-session.ts";
import { DbError } from "../core/error.ts";
import type { ScratchDatabase } from "../dialect/server/scratch.ts";
import { readFolder } from "../migrate/folder.ts";
import { applyMigrations, readPending, type UpOptions } from "../migrate/run/runner.ts";
import type { MigrationRun } from "../migrate/run/target.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import { onScratch, refuseReaching, type ScratchOptions } from "./on-scratch.ts";

/** A table whose number of rows is another one than before, or that came, or is gone. */
export interface RehearsedTable {
  /** Before; of one that came, after. */
  readonly table: string;
  readonly renamedTo: string | undefined;
  /** How many rows; null where there was no table. */
  readonly before: number | null;
  readonly after: number | null;
  /** Whether rows are gone of which no comment `-- LOSSY` in the migrations tells. */
  readonly isLoss: boolean;
}

export interface Rehearsal {
  readonly runs: readonly MigrationRun[];
  /** Why it ended before its end. */
  readonly failure: DbError | undefined;
  readonly tables: readonly RehearsedTable[];
}

/** The scratch database is a copy with all rows. */
export interface RehearseOptions extends UpOptions, ScratchOptions {
  /** Where the migrations are, by the families of the database. */
  readonly folderOf: (families: readonly string[]) => string;
}

/** The memory of migrations grows by itself. */
const OWN = "plinth_migrations";

function countRows(db: Database): Promise<Map<string, number>> {
  return withSession(db, async (session) => {
    const counts = new Map<string, number>();
    for (const { name, source } of await session.askRaw(session.dialect.migrations.tables)) {
      if (name === OWN) continue;
      const [row] = await session.askRaw(`select count(*) as n from ${String(source)}`);
      counts.set(String(name), Number(row?.["n"]));
    }
    return counts;
  });
}

const NAME = /((?:(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^\s.`";,()]+)\.?)+)/.source;
const RENAME = new RegExp(
  String.raw`\b(?:alter\s+table(?:\s+if\s+exists)?(?:\s+only)?|rename\s+table)\s+${NAME}\s+(?:rename\s+)?to\s+${NAME}`,
  "gi",
);

function plain(name: string): string {
  const last = /(?:`((?:[^`]|``)*)`|"((?:[^"]|"")*)"|([^.`"]+))$/.exec(name);
  return last?.[1] ?? last?.[2] ?? last?.[3] ?? name;
}

/** By the SQL of the migrations: what a table is called in the end. */
export function renamesOf(texts: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const text of texts) {
    for (const [, from = "", to = ""] of text.matchAll(RENAME)) {
      const old = plain(from);
      const first = [...names].find(([, current]) => current === old)?.[0] ?? old;
      names.set(first, plain(to));
    }
  }
  return names;
}

/** Of values in columns, which tell nothing of rows. */
const OF_VALUES = /\bLOSSY\s+(?:DS103|DS104|DS108)\b/;

/** Whether a comment tells that rows of the table go. */
export function isAnnounced(texts: readonly string[], table: string): boolean {
  const name = plain(table).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  const word = new RegExp(String.raw`(?<![\w$])${name}(?![\w$])`);
  return texts.some((text) =>
    text
      .split("\n")
      .some((line) => /^\s*--.*\bLOSSY\b/.test(line) && !OF_VALUES.test(line) && word.test(line)),
  );
}

function compare(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  texts: readonly string[],
): RehearsedTable[] {
  const renames = renamesOf(texts);
  const seen = new Set<string>();
  const tables = [...before].map(([table, count]): RehearsedTable => {
    const other = renames.get(plain(table));
    const renamedTo =
      !after.has(table) && other !== undefined && after.has(other) ? other : undefined;
    const now = after.get(renamedTo ?? table);
    seen.add(renamedTo ?? table);
    const isLoss = (now ?? 0) < count && !isAnnounced(texts, table);
    return { table, renamedTo, before: count, after: now ?? null, isLoss };
  });
  for (const [table, count] of after) {
    if (seen.has(table)) continue;
    tables.push({ table, renamedTo: undefined, before: null, after: count, isLoss: false });
  }
  return tables
    .filter((table) => table.before !== table.after || table.renamedTo !== undefined)
    .toSorted((left, right) => (left.table < right.table ? -1 : 1));
}

async function rehearseOn(
  db: Database,
  scratch: ScratchDatabase,
  options: RehearseOptions,
): Promise<Rehearsal> {
  const { families } = db["~engine"].dialect.migrations;
  const migrations = await readFolder<Transaction>(options.folderOf(families), families);
  const pending = await readPending(db, migrations, options);
  refuseReaching(pending, scratch, db["~engine"].dialect);
  const before = await countRows(db);
  const runs: MigrationRun[] = [];
  let failure: DbError | undefined;
  try {
    const onRun = (run: MigrationRun): void => {
      runs.push(run);
      options.onRun?.(run);
    };
    await applyMigrations(db, migrations, { ...options, onRun });
  } catch (error) {
    if (!(error instanceof DbError)) throw error;
    failure = error;
  }
  const texts = pending.flatMap(({ up }) => (up.sql === undefined ? [] : [up.sql]));
  return { runs, failure, tables: compare(before, await countRows(db), texts) };
}

/**
 * Applies what is pending to a copy with all rows, counts them before and after, and drops the copy. The database itself
 * stays as it is.
 */
export function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  return onScratch(options, (db, scratch) => rehearseOn(db, scratch, options));
}
