import type { Database } from "plinth";
import { sqliteDialect } from "plinth/sqlite";
import type { Dialect } from "../../src/dialect/dialect.ts";

/** With what changes tables, at once. */
export function wholeDialect(db: Database): Dialect {
  const { dialect } = db["~engine"];
  // Those of servers are whole.
  return dialect.server.product === "sqlite" ? sqliteDialect(dialect.server) : (dialect as Dialect);
}
