import mysql from "mysql2/promise";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { bulkValues, cellsOf, nestFlatRows, statements } from "../../work/statements.ts";

const sql = statements.mariadb;
const bulkText = sql.bulkHead + Array(1000).fill("(?,?,?,?,?)").join();

/** @param way `query` is the text protocol, `execute` prepared statements. */
export function openRawMysql2(targets: Targets, way: "execute" | "query"): Contender {
  const pool = mysql.createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  type Queryable = Pick<mysql.Connection, "execute" | "query">;
  const run = async <Result extends mysql.QueryResult>(
    on: Queryable,
    text: string,
    values: (number | string)[],
  ): Promise<Result> =>
    (
      await (way === "query" ? on.query<Result>(text, values) : on.execute<Result>(text, values))
    )[0];
  const read = run<mysql.RowDataPacket[]>;
  const write = run<mysql.ResultSetHeader>;

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
