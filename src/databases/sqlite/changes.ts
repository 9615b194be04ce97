/** What changes tables of SQLite, and the whole dialect with it. */

import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { Dialect } from "../../dialect/dialect.ts";
import { sqliteDdl } from "./ddl/ddl.ts";
import { sqliteMigration } from "./ddl/rewrite.ts";
import { sqliteQueryDialect } from "./dialect.ts";

export const sqliteChanges: Pick<Dialect, "ddl" | "migration"> = {
  ddl: sqliteDdl,
  migration: sqliteMigration,
};

export function sqliteDialect(server: ServerInfo): Dialect {
  return { ...sqliteQueryDialect(server), ...sqliteChanges };
}
