import Database from "better-sqlite3";
import { Kysely, ParseJSONResultsPlugin, SqliteDialect } from "kysely";
import * as json from "kysely/helpers/sqlite";

import type { Targets } from "../../run/targets.ts";
import { pragmas } from "../../work/statements.ts";
import { kyselyShapes } from "../shared/kysely.ts";
import type { ShapesContender } from "../shapes.ts";

export const title = "kysely (better-sqlite3)";

export function open(targets: Targets): ShapesContender {
  const database = new Database(targets.sqlite!.file);
  for (const pragma of pragmas) database.pragma(pragma);
  const db = new Kysely({ dialect: new SqliteDialect({ database }) });
  const shapes = kyselyShapes(db, {
    hasStream: true,
    hasSeconds: true,
    json,
    // The plugin looks at every cell, so only the query that needs it has it.
    treeDb: db.withPlugin(new ParseJSONResultsPlugin()),
  });
  return { shapes, close: () => db.destroy() };
}
