import knex from "knex";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import { knexOperations } from "../shared/knex.ts";

export const title = "knex (better-sqlite3)";

export function open(targets: Targets): Contender {
  const db = knex({
    client: "better-sqlite3",
    connection: { filename: targets.sqlite!.file },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate(
        connection: { pragma(text: string): void },
        done: (error: null, it: unknown) => void,
      ) {
        for (const pragma of pragmas) connection.pragma(pragma);
        done(null, connection);
      },
    },
  });
  const operations = knexOperations(db, {
    like: "like",
    asNumber: (expression) => expression,
    hasReturning: true,
    // It writes such an INSERT as a compound SELECT, of which SQLite takes 500 at most.
    batchSize: 100,
  });
  return { operations, close: () => db.destroy() };
}
