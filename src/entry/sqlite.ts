/** SQLite by itself, for programs that open or render for it without a URL. */
export { openSqlite, sqliteDialect } from "../databases/sqlite/dialect.ts";
