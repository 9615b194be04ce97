/** PostgreSQL by itself, for programs that open or render for it without a URL. */
export { openPostgres, postgresDialect } from "../databases/postgres/dialect.ts";
