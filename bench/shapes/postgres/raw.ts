// pg with unnamed statements; it has no cursor without a further package, so that a stream is all rows.
import pg from "pg";

import type { Targets } from "../../run/targets.ts";
import { rawShapes } from "../shared/raw.ts";
import type { ShapesContender } from "../shapes.ts";

export const title = "raw pg";

export function open(targets: Targets): ShapesContender {
  const pool = new pg.Pool({ ...targets.postgres!, max: targets.poolSize });
  const all = async (text: string, values: readonly unknown[]) =>
    (await pool.query(text, [...values])).rows;
  const shapes = rawShapes({
    database: "postgres",
    all,
    async each(text, values, take) {
      for (const row of await all(text, values)) take(row);
    },
    async runEach(text, lists) {
      if (lists.length === 1) return await pool.query(text, [...lists[0]!]);
      const client = await pool.connect();
      try {
        await client.query("begin");
        for (const values of lists) await client.query(text, [...values]);
        return await client.query("commit");
      } catch (error) {
        await client.query("rollback");
        throw error;
      } finally {
        client.release();
      }
    },
  });
  return { shapes, close: () => pool.end() };
}
