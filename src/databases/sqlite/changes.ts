import type { Dialect } from "../../dialect/dialect.ts";
import { sqliteDdl } from "./ddl/ddl.ts";
import { sqliteMigration } from "./ddl/rewrite.ts";

/** What changes tables of SQLite. */
export const sqliteChanges: Pick<Dialect, "ddl" | "migration"> = {
  ddl: sqliteDdl,
  migration: sqliteMigration,
};
