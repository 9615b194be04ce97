/** The table in which an audit trail stands. */

import { index } from "./constraints.ts";
import { table, type AnyTable, type Table } from "./table.ts";
import { bigint, json, timestamp, varchar } from "./types.ts";
import type { ColumnBuilder } from "./column.ts";

/** What JSON has. */
export type AuditValue =
  | boolean
  | number
  | string
  | null
  | readonly AuditValue[]
  | { readonly [key: string]: AuditValue };

/** Values as `toJson` makes them, by the columns' keys. */
export type AuditValues = Readonly<Record<string, AuditValue>>;

export type AuditColumns = {
  /** In the order in which the entries were written; of one row, that of its changes. */
  readonly id: ColumnBuilder<number, "default" | "key">;
  readonly at: ColumnBuilder<Date, "default">;
  /** `insert`, `update`, `delete`, `soft delete`, `restore`, or what `db.audit()` says. */
  readonly action: ColumnBuilder<string>;
  /** The table's name; null of an event that is of none. */
  readonly table: ColumnBuilder<string | null>;
  /** The row's primary key as a text; of several columns a JSON array. */
  readonly key: ColumnBuilder<string | null>;
  /** The id of who acted; null where nobody was signed in. */
  readonly actor: ColumnBuilder<string | null>;
  /** What else `db.as()` was told: IP, user agent, request. */
  readonly request: ColumnBuilder<AuditValues | null>;
  /** The row as it was: of an update, what changed. */
  readonly before: ColumnBuilder<AuditValues | null>;
  /** The row as it is: of an update, what changed. */
  readonly after: ColumnBuilder<AuditValues | null>;
  /** What `db.audit()` was given. */
  readonly details: ColumnBuilder<AuditValues | null>;
};

/** A table with the columns of an audit trail, and maybe more. */
export type AuditTable = AnyTable & {
  readonly [Key in keyof AuditColumns]: Table<string, AuditColumns>[Key];
};

/** The columns of an audit trail, to spread among those of a table of one's own. */
export function auditColumns(): AuditColumns {
  return {
    id: bigint({ mode: "number" }).primaryKey().autoIncrement(),
    at: timestamp({ precision: 3 }).notNull().defaultNow(),
    action: varchar({ length: 100 }).notNull(),
    table: varchar("table_name", { length: 130 }),
    key: varchar("row_key", { length: 500 }),
    actor: varchar({ length: 200 }),
    request: json<AuditValues>(),
    before: json<AuditValues>("before_values"),
    after: json<AuditValues>("after_values"),
    details: json<AuditValues>(),
  };
}

/** A table for an audit trail, with indexes for the history of a row and of who acted. */
export function auditLog<const Name extends string = "audit_log">(
  name: Name = "audit_log" as Name,
): Table<Name, AuditColumns> {
  return table(name, auditColumns(), (t) => [
    index().on(t.table, t.key, t.id),
    index().on(t.actor, t.id),
  ]);
}
