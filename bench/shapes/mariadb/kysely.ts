import { Kysely, MysqlDialect } from "kysely";
import { createPool } from "mysql2";

import type { Targets } from "../../run/targets.ts";
import { kyselyShapes } from "../shared/kysely.ts";
import type { ShapesContender } from "../shapes.ts";

export const title = "kysely (mysql2)";

export function open(targets: Targets): ShapesContender {
  const pool = createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  const db = new Kysely({ dialect: new MysqlDialect({ pool }) });
  // Its JSON helpers need cast(… as json), which MariaDB lacks.
  const shapes = kyselyShapes(db, { hasStream: true, hasDuplicateKeys: true });
  return { shapes, close: () => db.destroy() };
}
