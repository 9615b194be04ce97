import { Kysely, MysqlDialect, sql } from "kysely";
import { createPool } from "mysql2";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { kyselyOperations } from "../shared/kysely.ts";

export const title = "kysely (mysql2)";

export function open(targets: Targets): Contender {
  const pool = createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  const db = new Kysely({ dialect: new MysqlDialect({ pool }) });
  // Its JSON helpers need cast(… as json), which MariaDB lacks.
  const operations = kyselyOperations(db, {
    like: "like",
    asNumber: (expression) => sql`cast(${expression} as signed)`,
    hasReturning: false,
  });
  return { operations, close: () => db.destroy() };
}
