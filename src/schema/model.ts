/** Declarations resolved: every name spelt, every constraint named, nothing but JSON. What migrations compare. */

import type { EnumType, LogicalType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import type { ColumnSpec, ReferenceAction } from "./column.ts";
import type { Names } from "./naming.ts";
import { enumsOf, referencesOf, type Schema } from "./schema.ts";
import { infoOf, type AnyTableColumn, type TableInfo } from "./table.ts";

export type DefaultModel =
  /** `value` is what the column's type makes of it, so that a bigint or an instant is text, and bytes are so in hexadecimal. */
  | { readonly kind: "value"; readonly value: string | number | boolean }
  | { readonly kind: "now" }
  | { readonly kind: "random" }
  | { readonly kind: "sql"; readonly text: string };

export interface ColumnModel {
  readonly name: string;
  readonly type: LogicalType;
  readonly nullable: boolean;
  readonly isAutoIncrement: boolean;
  readonly default: DefaultModel | undefined;
}

export interface KeyModel {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface ForeignKeyModel extends KeyModel {
  readonly target: string;
  readonly targetColumns: readonly string[];
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

export interface TableModel {
  readonly name: string;
  readonly columns: readonly ColumnModel[];
  readonly primaryKey: KeyModel | undefined;
  readonly uniques: readonly KeyModel[];
  readonly indexes: readonly KeyModel[];
  readonly foreignKeys: readonly ForeignKeyModel[];
}

export interface Model {
  /** Each once, whatever the number of its columns. */
  readonly enums: readonly EnumType[];
  readonly tables: readonly TableModel[];
}

/** PostgreSQL cuts a name after 63 bytes, silently; MySQL refuses one over 64 characters. */
const MAX_NAME_BYTES = 63;

/** A short, stable digest (FNV-1a), to keep two long names apart; it need not resist anyone. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}

export function constraintName(table: string, columns: readonly string[], suffix: string): string {
  const name = [table, ...columns, suffix].join("_");
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const tail = `_${digest(name)}_${suffix}`;
  let head = name;
  while (Buffer.byteLength(head) > MAX_NAME_BYTES - tail.length || !head.isWellFormed())
    head = head.slice(0, -1);
  return head + tail;
}

/** What the database uses for rows without a value. */
export function resolveColumnDefault(column: AnyTableColumn): DefaultModel | undefined {
  const { default: spec } = column.spec;
  if (spec === undefined || spec.kind === "now" || spec.kind === "random") return spec;
  if (spec.kind === "sql") {
    if (spec.fragment.parts.length > 0) {
      throw new ConfigError(`The default of column "${column.key}" holds a value or a column.`, {
        code: "E_SCHEMA",
        hint: "Write the whole default as text: sql`…` without ${…}.",
      });
    }
    return { kind: "sql", text: spec.fragment.strings.join("") };
  }
  const { value } = spec;
  if (value instanceof Date) return { kind: "value", value: value.toISOString() };
  if (value instanceof Uint8Array)
    return { kind: "value", value: Buffer.from(value).toString("hex") };
  if (column.type.kind === "json") return { kind: "value", value: JSON.stringify(value) };
  if (typeof value === "number" || typeof value === "boolean") return { kind: "value", value };
  return { kind: "value", value: String(value) };
}

function columnModel(column: AnyTableColumn, names: Names): ColumnModel {
  const { spec } = column;
  return {
    name: names.column(column),
    type: spec.type,
    nullable: spec.nullable,
    isAutoIncrement: spec.isAutoIncrement,
    default: resolveColumnDefault(column),
  };
}

function uniqueName(spec: ColumnSpec, table: string, column: string): string {
  return typeof spec.unique === "string" ? spec.unique : constraintName(table, [column], "unique");
}

/** Keys that differ may be spelt alike, as `userId` and `user_id` are. */
function refuseEqualNames(info: TableInfo, names: Names): void {
  const keys = new Map<string, string>();
  for (const column of info.columns) {
    const name = names.column(column);
    const other = keys.get(name);
    if (other !== undefined) {
      throw new ConfigError(
        `"${other}" and "${column.key}" of table "${info.table}" are both named "${name}" in the database.`,
        { code: "E_SCHEMA", hint: 'Give one of them another name, such as text("other_name").' },
      );
    }
    keys.set(name, column.key);
  }
}

export function resolveTable(info: TableInfo, names: Names): TableModel {
  refuseEqualNames(info, names);
  const name = names.table(info.table);
  const namesOf = (columns: readonly AnyTableColumn[]): string[] =>
    columns.map((column) => names.column(column));
  const extras = (kind: "index" | "unique", suffix: string): KeyModel[] =>
    info.extras
      .filter((extra) => extra.kind === kind)
      .map((extra) => {
        const columns = namesOf(extra.columns);
        return { name: extra.name ?? constraintName(name, columns, suffix), columns };
      });
  const single = info.columns
    .filter((column) => column.spec.unique !== false)
    .map((column) => ({
      name: uniqueName(column.spec, name, names.column(column)),
      columns: [names.column(column)],
    }));
  const foreignKeys = referencesOf(info).map(({ from, to, target }): ForeignKeyModel => {
    const columns = [names.column(from)];
    return {
      name: constraintName(name, columns, "fkey"),
      columns,
      target: names.table(target.table),
      targetColumns: [names.column(to)],
      onDelete: from.spec.references?.onDelete ?? "no action",
      onUpdate: from.spec.references?.onUpdate ?? "no action",
    };
  });
  return {
    name,
    columns: info.columns.map((column) => columnModel(column, names)),
    primaryKey:
      info.primaryKey.length === 0
        ? undefined
        : { name: constraintName(name, [], "pkey"), columns: namesOf(info.primaryKey) },
    uniques: [...single, ...extras("unique", "unique")],
    indexes: extras("index", "idx"),
    foreignKeys,
  };
}

export function resolveModel(schema: Schema, names: Names): Model {
  return {
    enums: enumsOf(schema),
    tables: Object.values(schema.tables).map((table) => resolveTable(infoOf(table), names)),
  };
}
