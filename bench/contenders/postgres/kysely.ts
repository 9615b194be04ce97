import { Kysely, PostgresDialect, sql } from "kysely";
import * as json from "kysely/helpers/postgres";
import pg from "pg";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { kyselyOperations } from "../shared/kysely.ts";

export const title = "kysely (pg)";

export function open(targets: Targets): Contender {
  const pool = new pg.Pool({ ...targets.postgres!, max: targets.poolSize });
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const operations = kyselyOperations(db, {
    like: "ilike",
    asNumber: (expression) => sql`${expression}::int`,
    hasReturning: true,
    json,
  });
  return { operations, close: () => db.destroy() };
}
