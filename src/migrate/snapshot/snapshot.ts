/**
 * A schema at one point of its history, as a file: the model in its one spelling, an id for everything that may be
 * renamed, and the hash of the snapshot before it. Two snapshots on one hash are two branches.
 */

import { hash } from "node:crypto";
import type { EnumType, LogicalType } from "../../ast/logical-type.ts";
import type { ColumnModel, TableModel, ViewModel } from "../../schema/model.ts";
import { checkSnapshot, refuseSnapshot } from "./snapshot-check.ts";
import { stableJson } from "./stable.ts";

export const SNAPSHOT_VERSION = 1;

export interface ColumnSnapshot extends ColumnModel {
  /** Unique in its table. */
  readonly id: string;
}

export interface TableSnapshot extends TableModel {
  readonly id: string;
  readonly columns: readonly ColumnSnapshot[];
}

export interface EnumSnapshot {
  readonly id: string;
  readonly type: EnumType;
  /** As many as values, in their order. */
  readonly valueIds: readonly string[];
}

export interface Snapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  /** Of the snapshot before it; null for the first. */
  readonly prevHash: string | null;
  readonly enums: readonly EnumSnapshot[];
  readonly tables: readonly TableSnapshot[];
  /** By family of databases, as each has a text of its own; those that others read come before them. */
  readonly views?: Readonly<Record<string, readonly ViewModel[]>>;
}

export const emptySnapshot: Snapshot = {
  version: SNAPSHOT_VERSION,
  prevHash: null,
  enums: [],
  tables: [],
};

/** Twelve hexadecimal digits that depend on nothing but the text. */
export function idOf(text: string): string {
  return hash("sha256", text).slice(0, 12);
}

/** The type with what `change` makes of the enum that it is, or that its elements are. */
export function withEnums(type: LogicalType, change: (type: EnumType) => unknown): LogicalType {
  if (type.kind === "enum") return change(type) as LogicalType;
  return type.kind === "array" ? { ...type, element: withEnums(type.element, change) } : type;
}

function mapTypes(
  tables: readonly TableSnapshot[],
  change: (type: EnumType) => unknown,
): readonly TableSnapshot[] {
  return tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, type: withEnums(column.type, change) })),
  }));
}

/** The text of the file. Columns name their enum, whose values stand once. */
export function writeSnapshot(snapshot: Snapshot): string {
  const tables = mapTypes(snapshot.tables, ({ kind, schema, name }) => ({ kind, schema, name }));
  return `${stableJson({ ...snapshot, tables }, 2)}\n`;
}

export function hashSnapshot(snapshot: Snapshot): string {
  return hash("sha256", writeSnapshot(snapshot));
}

/**
 * @param where The file, for messages.
 * @throws {ConfigError} `E_SCHEMA` that says which member is wrong.
 */
export function readSnapshot(text: string, where: string): Snapshot {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    refuseSnapshot(where, "is not JSON");
  }
  checkSnapshot(data, where, SNAPSHOT_VERSION);
  const snapshot = data as Snapshot;
  const tables = mapTypes(
    snapshot.tables,
    ({ schema, name }) =>
      snapshot.enums.find(({ type }) => type.name === name && type.schema === schema)?.type ??
      refuseSnapshot(where, `has no enum "${name}"`),
  );
  return { ...snapshot, tables };
}
