/** What an audit trail tells of a row, and how it is found there. */

import type { Condition } from "../../ast/expression.ts";
import { ConfigError, InvalidValueError } from "../../core/error.ts";
import type { AuditTable } from "../../schema/audit-log.ts";
import type { AnyTable, KeyOf, TableInfo } from "../../schema/table.ts";
import { and, eq } from "../expression.ts";
import { toJson } from "../rows/json.ts";
import type { AnyRow } from "../watch/watchers.ts";
import { tableOfWrite } from "../write/write.ts";

export function nameOf({ schema, table }: TableInfo): string {
  return schema === undefined ? table : `${schema}.${table}`;
}

/** The key of a row in the trail. */
export function keyText({ primaryKey }: TableInfo, key: AnyRow): string {
  const values = primaryKey.map((column) => toJson(key[column.key]));
  return values.length === 1 ? String(values[0]) : JSON.stringify(values);
}

/** The key of a row as queries take it. */
export function givenKeyText(table: TableInfo, key: unknown): string {
  const { primaryKey } = table;
  const isOne = primaryKey.length === 1;
  const values = isOne ? { [primaryKey[0]!.key]: key } : (key as AnyRow | null);
  const missing = primaryKey.find((column) => (values?.[column.key] ?? undefined) === undefined);
  if (missing === undefined && primaryKey.length > 0) return keyText(table, values!);
  throw new InvalidValueError(`The key of a row of "${table.table}" is its primary key.`, {
    hint: isOne ? undefined : "Of several columns it is an object of them.",
  });
}

/**
 * The entries of an audit trail that are about one row, or about a table: a condition for a query of the trail.
 *
 * @param key The row's primary key; none for all of the table.
 * @example
 * await db.from(log).where(historyOf(log, users, user.id)).orderBy(log.id);
 */
export function historyOf<T extends AnyTable>(
  log: AuditTable,
  table: T,
  key?: KeyOf<T>,
): Condition {
  const info = tableOfWrite(table);
  const isOfTable = eq(log.table, nameOf(info));
  return key === undefined ? isOfTable : and(isOfTable, eq(log.key, givenKeyText(info, key)));
}

export function noTrail(): ConfigError {
  return new ConfigError("There is no audit trail to write to.", {
    hint: "Name its table: connect(url, { audit: { table: auditLog(), tables: [ … ] } }).",
  });
}
