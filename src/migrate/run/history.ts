/** What a database remembers of its migrations: a set of names, each with what was run. */

import type { Session } from "../../connect/session.ts";
import { ConfigError, QueryError } from "../../core/error.ts";
import { renderChange } from "../../dialect/dialect.ts";
import { resolveTable } from "../../schema/model.ts";
import { createNames } from "../../schema/naming.ts";
import { infoOf, table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import type { Migration } from "../migration.ts";
import { patiently } from "./lock.ts";

const TABLE = "plinth_migrations";
/** However the application spells its names, the history is found. */
const NAMES = createNames({ columns: "as-is" });

const history = table(TABLE, {
  name: varchar({ length: 200 }).primaryKey(),
  /** The order in which they were applied. */
  place: integer().notNull(),
  upChecksum: varchar("up_checksum", { length: 64 }).notNull(),
  downChecksum: varchar("down_checksum", { length: 64 }),
  /** The way back, should the file be gone by then. */
  downSql: text("down_sql"),
  state: varchar({ length: 10 }).notNull(),
  /** Of one under way: how many of its statements are done, and how many have begun. */
  doneCount: integer("done_count").notNull(),
  begunCount: integer("begun_count").notNull(),
  /** ISO 8601, UTC. */
  appliedAt: varchar("applied_at", { length: 30 }).notNull(),
  durationMs: integer("duration_ms").notNull(),
});

const STORED_STATES = ["applied", "applying", "reverting"] as const;

/** `applying` and `reverting` are under way, or were broken off. */
export type StoredState = (typeof STORED_STATES)[number];

/** `partial` is never stored: of a squashed migration some of those that it stands for are applied, and others aren't. */
export type HistoryState = StoredState | "partial";

export interface HistoryRow {
  readonly name: string;
  readonly place: number;
  readonly upChecksum: string;
  readonly downChecksum: string | null;
  readonly downSql: string | null;
  readonly state: HistoryState;
  readonly doneCount: number;
  readonly begunCount: number;
  readonly appliedAt: string;
  readonly durationMs: number;
}

/** Makes the table where it isn't there. */
export async function prepareHistory(session: Session, lockTimeoutMs: number): Promise<void> {
  if ((await readIfThere(session)) !== undefined) return;
  const { dialect } = session.engine;
  const model = resolveTable(infoOf(history), NAMES);
  const change = { kind: "createTable", table: model, hasForeignKeys: true } as const;
  try {
    const text = renderChange(await dialect.withChanges(), change).join(";\n");
    await patiently(session, lockTimeoutMs, () => session.script(text));
  } catch (error) {
    // Another process may have been faster.
    if ((await readIfThere(session)) === undefined) throw error;
  }
}

/** A later version that can't be read by this one has other columns or other states. */
function refuseLater(cause?: unknown): never {
  throw new ConfigError(`The table ${TABLE} is of a later version of Plinth.`, {
    hint: "Use that version: this one doesn't know what was applied.",
    cause,
  });
}

function storedState(cell: unknown): StoredState {
  return STORED_STATES.find((state) => state === cell) ?? refuseLater();
}

async function readIfThere(session: Session): Promise<HistoryRow[] | undefined> {
  try {
    const rows = await session.ask`select name, place, up_checksum, down_checksum, down_sql, state,
      done_count, begun_count, applied_at, duration_ms from plinth_migrations order by place`;
    return rows.map((row) => ({
      name: String(row["name"]),
      place: Number(row["place"]),
      upChecksum: String(row["up_checksum"]),
      downChecksum: row["down_checksum"] as string | null,
      downSql: row["down_sql"] as string | null,
      state: storedState(row["state"]),
      doneCount: Number(row["done_count"]),
      begunCount: Number(row["begun_count"]),
      appliedAt: String(row["applied_at"]),
      durationMs: Number(row["duration_ms"]),
    }));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    if (error.code === "E_MISSING_TABLE") return undefined;
    if (error.code === "E_MISSING_COLUMN") refuseLater(error);
    throw error;
  }
}

/** In the order in which they were applied; none where there is no table. */
export async function readHistory(session: Session): Promise<HistoryRow[]> {
  return (await readIfThere(session)) ?? [];
}

/** Remembers a migration, which is applied, or about to be. */
export async function remember<Tx>(
  session: Session,
  { name, up, down }: Migration<Tx>,
  state: StoredState,
  durationMs: number,
): Promise<void> {
  const appliedAt = new Date(session.engine.clock.nowMs()).toISOString();
  const [last] = await session.ask`select max(place) as place from plinth_migrations`;
  const place = Number(last?.["place"] ?? 0) + 1;
  await session.ask`insert into plinth_migrations (name, place, up_checksum, down_checksum, down_sql,
    state, done_count, begun_count, applied_at, duration_ms) values (${name}, ${place}, ${up.checksum},
    ${down?.checksum ?? null}, ${down?.sql ?? null}, ${state}, ${0}, ${0}, ${appliedAt},
    ${Math.round(durationMs)})`;
}

/** One migration takes the place of those that it stands for. */
export async function replaceRows<Tx>(
  session: Session,
  {
    migration: { down, name, up },
    place,
    replaced,
  }: {
    readonly migration: Migration<Tx>;
    readonly replaced: readonly HistoryRow[];
    readonly place: number;
  },
): Promise<void> {
  for (const row of replaced) await forget(session, row.name);
  const [known] = await session.ask`select name from plinth_migrations where name = ${name}`;
  if (known !== undefined) return;
  const appliedAt = replaced.at(-1)!.appliedAt;
  await session.ask`insert into plinth_migrations (name, place, up_checksum, down_checksum, down_sql,
    state, done_count, begun_count, applied_at, duration_ms) values (${name}, ${place}, ${up.checksum},
    ${down?.checksum ?? null}, ${down?.sql ?? null}, ${"applied"}, ${0}, ${0}, ${appliedAt}, ${0})`;
}

export async function forget(session: Session, name: string): Promise<void> {
  await session.ask`delete from plinth_migrations where name = ${name}`;
}

export async function setState(
  session: Session,
  name: string,
  state: StoredState,
  durationMs: number,
): Promise<void> {
  const duration = Math.round(durationMs);
  await session.ask`update plinth_migrations set state = ${state}, done_count = ${0},
    begun_count = ${0}, duration_ms = ${duration} where name = ${name}`;
}

export async function setProgress(
  session: Session,
  name: string,
  counts: { readonly begun: number; readonly done: number },
): Promise<void> {
  await session.ask`update plinth_migrations set begun_count = ${counts.begun},
    done_count = ${counts.done} where name = ${name}`;
}

/** Takes the files as they are for what was applied. */
export async function acceptChecksums<Tx>(
  session: Session,
  { name, up, down }: Migration<Tx>,
): Promise<void> {
  await session.ask`update plinth_migrations set up_checksum = ${up.checksum},
    down_checksum = ${down?.checksum ?? null}, down_sql = ${down?.sql ?? null} where name = ${name}`;
}
