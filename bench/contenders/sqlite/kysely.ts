import Database from "better-sqlite3";
import { Kysely, ParseJSONResultsPlugin, SqliteDialect } from "kysely";
import * as json from "kysely/helpers/sqlite";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import { kyselyOperations } from "../shared/kysely.ts";

export const title = "kysely (better-sqlite3)";

export function open(targets: Targets): Contender {
  const database = new Database(targets.sqlite!.file);
  for (const pragma of pragmas) database.pragma(pragma);
  const db = new Kysely({ dialect: new SqliteDialect({ database }) });
  const operations = kyselyOperations(db, {
    like: "like",
    asNumber: (expression) => expression,
    hasReturning: true,
    json,
    // The plugin looks at every cell, so only the query that needs it has it.
    treeDb: db.withPlugin(new ParseJSONResultsPlugin()),
  });
  return { operations, close: () => db.destroy() };
}
