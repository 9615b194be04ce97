import knex from "knex";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { knexOperations } from "../shared/knex.ts";

export const title = "knex (pg)";

export function open(targets: Targets): Contender {
  const pool = { min: 0, max: targets.poolSize };
  const db = knex({ client: "pg", connection: { ...targets.postgres! }, pool });
  const operations = knexOperations(db, {
    like: "ilike",
    asNumber: (expression) => `${expression}::int`,
    hasReturning: true,
  });
  return { operations, close: () => db.destroy() };
}
