import { createPool, type Connection, type Pool, type UpsertResult } from "mariadb";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { cellsOf, nestFlatRows, statements } from "../../work/statements.ts";

export const title = "raw mariadb execute";

const sql = statements.mariadb;

type Row = Record<string, unknown>;

export function open(targets: Targets): Contender {
  const pool = createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
  });
  const read = (on: Pool | Connection, text: string, values: unknown[]) =>
    on.execute<Row[]>(text, values);
  const write = (on: Pool | Connection, text: string, values: unknown[]) =>
    on.execute<UpsertResult>(text, values);

  return {
    operations: {
      byKey: async (id) => (await read(pool, sql.byKey, [id]))[0],
      page: (offset) => read(pool, sql.page, [offset]),
      search: (term) => read(pool, sql.search, [`%${term}%`]),
      tree: async (id) => nestFlatRows(await read(pool, sql.flatTree, [id])),
      aggregate: (after, upTo) => read(pool, sql.aggregate, [after, upTo]),
      update: (id, balance, version) => write(pool, sql.update, [balance, version, id]),
      transaction: async (from, to, amount, row) => {
        const connection = await pool.getConnection();
        try {
          await connection.query("begin");
          await read(connection, sql.readBalance, [from]);
          await write(connection, sql.debit, [amount, from]);
          await write(connection, sql.credit, [amount, to]);
          await write(connection, sql.insert, cellsOf(row));
          await connection.query("commit");
        } catch (error) {
          await connection.query("rollback");
          throw error;
        } finally {
          await connection.release();
        }
      },
      insert: async (row) => (await write(pool, sql.insert, cellsOf(row))).insertId,
      bulk: (rows) => pool.batch(sql.insert, rows.map(cellsOf)),
    },
    close: () => pool.end(),
  };
}
