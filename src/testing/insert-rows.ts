import type { Executor } from "../query/client.ts";
import { infoOf, type WritableTable } from "../schema/table.ts";

type Row = Readonly<Record<string, unknown>>;

/** Inserts rows of a test, which may be those of any tenant: where they bring a scope's value, it needs no client's. */
export async function insertRows(
  db: Executor,
  table: WritableTable,
  rows: readonly Row[],
): Promise<Row[]> {
  const [first, ...others] = infoOf(table)
    .scoped.filter(({ key }) => rows.every((row) => row[key] !== undefined))
    .map(({ spec }) => spec.scope!.name);
  const insert = db.insert(table);
  const own = first === undefined ? insert : insert.without(first, ...others);
  return (await own.values(rows).returning()) as Row[];
}
