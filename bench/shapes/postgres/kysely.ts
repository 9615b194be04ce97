import { Kysely, PostgresDialect } from "kysely";
import * as json from "kysely/helpers/postgres";
import pg from "pg";

import type { Targets } from "../../run/targets.ts";
import { kyselyShapes } from "../shared/kysely.ts";
import type { ShapesContender } from "../shapes.ts";

export const title = "kysely (pg)";

export function open(targets: Targets): ShapesContender {
  const pool = new pg.Pool({ ...targets.postgres!, max: targets.poolSize });
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
  return { shapes: kyselyShapes(db, { hasStream: false, json }), close: () => db.destroy() };
}
