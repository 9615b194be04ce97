import knex from "knex";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { knexOperations } from "../shared/knex.ts";

export const title = "knex (mysql2)";

export function open(targets: Targets): Contender {
  const pool = { min: 0, max: targets.poolSize };
  const connection = { ...targets.mariadb!, timezone: "Z" };
  const db = knex({ client: "mysql2", connection, pool });
  const operations = knexOperations(db, {
    like: "like",
    asNumber: (expression) => `cast(${expression} as signed)`,
    hasReturning: false,
  });
  return { operations, close: () => db.destroy() };
}
