/** The history of a database that applied the migrations which one stands for now, as it is to be read. */

import type { Migration } from "../migration.ts";
import type { HistoryRow } from "../run/history.ts";
import { marksOf } from "./marks.ts";

/** One that stands for others, all of which are applied. */
export interface Settled<Tx> {
  readonly migration: Migration<Tx>;
  readonly replaced: readonly HistoryRow[];
  /** Before whatever came behind the first of them. */
  readonly place: number;
}

export interface Collapsed<Tx> {
  readonly rows: readonly HistoryRow[];
  /** What can be written down as it is to be read. */
  readonly settled: readonly Settled<Tx>[];
}

function collapseOne<Tx>(
  rows: readonly HistoryRow[],
  migration: Migration<Tx>,
): { readonly rows: readonly HistoryRow[]; readonly settled?: Settled<Tx> } {
  const marks = marksOf(migration);
  const names = new Set(marks.map(({ name }) => name));
  const replaced = rows.filter((row) => names.has(row.name));
  if (replaced.length === 0) return { rows };
  const rest = rows.filter((row) => !names.has(row.name));
  const place = Math.min(...replaced.map((row) => row.place));
  if (rest.some(({ name }) => name === migration.name))
    return { rows: rest, settled: { migration, replaced, place } };
  const isWhole =
    replaced.length === marks.length && replaced.every(({ state }) => state === "applied");
  const isSame = marks.every(({ checksum, name }) =>
    replaced.some((row) => row.name === name && row.upChecksum === checksum),
  );
  const row: HistoryRow = {
    name: migration.name,
    place,
    // One of them was edited before they were squashed: so is this one, for what was applied.
    upChecksum: isSame ? migration.up.checksum : "",
    downChecksum: migration.down?.checksum ?? null,
    downSql: migration.down?.sql ?? null,
    state: isWhole ? "applied" : "partial",
    doneCount: replaced.length,
    begunCount: marks.length,
    appliedAt: replaced.at(-1)!.appliedAt,
    durationMs: replaced.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
  const found = [...rest, row].toSorted((one, other) => one.place - other.place);
  return isWhole && isSame
    ? { rows: found, settled: { migration, replaced, place } }
    : { rows: found };
}

export function collapse<Tx>(
  rows: readonly HistoryRow[],
  migrations: readonly Migration<Tx>[],
): Collapsed<Tx> {
  const settled: Settled<Tx>[] = [];
  let seen = rows;
  for (const migration of migrations) {
    const one = collapseOne(seen, migration);
    seen = one.rows;
    if (one.settled !== undefined) settled.push(one.settled);
  }
  return { rows: seen, settled };
}
