import pg from "pg";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { bulkValues, cellsOf, nestFlatRows, statements } from "../../work/statements.ts";

const sql = statements.postgres;
const insertReturning = `${sql.insert} returning id`;
const bulkText =
  sql.bulkHead +
  Array.from(
    { length: 1000 },
    (_, row) => `(${[1, 2, 3, 4, 5].map((column) => `$${row * 5 + column}`).join()})`,
  ).join();

/** @param isNamed Whether statements are named, so that the server plans them once for a connection. */
export function openRawPg(targets: Targets, isNamed: boolean): Contender {
  const pool = new pg.Pool({ ...targets.postgres!, max: targets.poolSize });
  type Queryable = Pick<pg.PoolClient, "query">;
  const query = (on: Queryable, name: string, text: string, values: unknown[]) =>
    isNamed ? on.query({ name, text, values }) : on.query(text, values);

  return {
    operations: {
      byKey: async (id) => (await query(pool, "byKey", sql.byKey, [id])).rows[0],
      page: async (offset) => (await query(pool, "page", sql.page, [offset])).rows,
      search: async (term) => (await query(pool, "search", sql.search, [`%${term}%`])).rows,
      tree: async (id) => nestFlatRows((await query(pool, "tree", sql.flatTree, [id])).rows),
      aggregate: async (after, upTo) =>
        (await query(pool, "aggregate", sql.aggregate, [after, upTo])).rows,
      update: (id, balance, version) => query(pool, "update", sql.update, [balance, version, id]),
      transaction: async (from, to, amount, row) => {
        const client = await pool.connect();
        try {
          await client.query("begin");
          await query(client, "readBalance", sql.readBalance, [from]);
          await query(client, "debit", sql.debit, [amount, from]);
          await query(client, "credit", sql.credit, [amount, to]);
          await query(client, "insertOnly", sql.insert, cellsOf(row));
          await client.query("commit");
        } catch (error) {
          await client.query("rollback");
          throw error;
        } finally {
          client.release();
        }
      },
      insert: async (row) =>
        (await query(pool, "insert", insertReturning, cellsOf(row))).rows[0].id,
      bulk: (rows) => query(pool, "bulk", bulkText, bulkValues(rows)),
    },
    close: () => pool.end(),
  };
}
