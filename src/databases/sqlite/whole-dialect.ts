import type { ServerInfo } from "../../dialect/capabilities.ts";
import type { Dialect } from "../../dialect/dialect.ts";
import { sqliteChanges } from "./changes.ts";
import { sqliteQueryDialect } from "./dialect.ts";

/** At once, for those who render for SQLite without a URL. */
export function sqliteDialect(server: ServerInfo): Dialect {
  return { ...sqliteQueryDialect(server), ...sqliteChanges };
}
