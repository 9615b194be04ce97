// The baseline: mysql2/promise with a pool and query(), the text protocol.
import mysql from "mysql2/promise";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { bulkValues, cellsOf, nestFlatRows, statements } from "../../work/statements.ts";

export const title = "raw mysql2 query";

const sql = statements.mariadb;
const bulkText = sql.bulkHead + Array(1000).fill("(?,?,?,?,?)").join();

export function open(targets: Targets): Contender {
  const pool = mysql.createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  type Queryable = Pick<mysql.Connection, "query">;
  type Rows = mysql.RowDataPacket[];
  const read = async (on: Queryable, text: string, values: unknown[]) =>
    (await on.query<Rows>(text, values))[0];
  const write = async (on: Queryable, text: string, values: unknown[]) =>
    (await on.query<mysql.ResultSetHeader>(text, values))[0];

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
          connection.release();
        }
      },
      insert: async (row) => (await write(pool, sql.insert, cellsOf(row))).insertId,
      bulk: (rows) => write(pool, bulkText, bulkValues(rows)),
    },
    close: () => pool.end(),
  };
}
