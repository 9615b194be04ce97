/** SQLite by itself, for programs that open or render for it without a URL. */
export { sqliteDialect } from "../databases/sqlite/whole-dialect.ts";
export { openSqlite } from "../databases/sqlite/dialect.ts";
