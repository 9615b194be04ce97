// mysql2 with `query`; its stream of rows is that of its own connection class.
import mysql from "mysql2";

import type { Targets } from "../../run/targets.ts";
import { rawShapes } from "../shared/raw.ts";
import type { ShapesContender } from "../shapes.ts";

export const title = "raw mysql2";

export function open(targets: Targets): ShapesContender {
  const streams = mysql.createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  const pool = streams.promise();
  const shapes = rawShapes({
    database: "mariadb",
    all: async (text, values) => (await pool.query<mysql.RowDataPacket[]>(text, [...values]))[0],
    async each(text, values, take) {
      for await (const row of streams.query(text, [...values]).stream()) take(row);
    },
    async runEach(text, lists) {
      if (lists.length === 1) return await pool.query(text, [...lists[0]!]);
      const connection = await pool.getConnection();
      try {
        await connection.query("begin");
        for (const values of lists) await connection.query(text, [...values]);
        return await connection.query("commit");
      } catch (error) {
        await connection.query("rollback");
        throw error;
      } finally {
        connection.release();
      }
    },
  });
  return { shapes, close: () => pool.end() };
}
