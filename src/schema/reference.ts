/** Foreign keys as they are declared, with what they point at. */

import { isCaseInsensitive } from "../ast/folding.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import { ConfigError } from "../core/error.ts";
import { Column, type ReferenceAction, type ReferenceOptions } from "./column.ts";
import type { AnyTableColumn, TableInfo } from "./table.ts";

/** A declared foreign key with its target found. */
export interface Reference {
  readonly name: string | undefined;
  readonly from: readonly AnyTableColumn[];
  /** As many, in the order of the key that they are. */
  readonly to: readonly AnyTableColumn[];
  readonly target: TableInfo;
  readonly onDelete: ReferenceAction;
  readonly onUpdate: ReferenceAction;
}

export function refuse(message: string, hint?: string): never {
  throw new ConfigError(message, { code: "E_SCHEMA", hint });
}

function describe(type: LogicalType): string {
  return isCaseInsensitive(type) ? `caseInsensitive() ${type.kind}` : type.kind;
}

/** Two columns can hold the same values; the storage may differ in what doesn't change the value. */
export function sameKind(left: LogicalType, right: LogicalType): boolean {
  if (left.kind !== right.kind || isCaseInsensitive(left) || isCaseInsensitive(right)) return false;
  if (JSON.stringify(left.storage ?? {}) !== JSON.stringify(right.storage ?? {})) return false;
  if (left.kind === "integer" && right.kind === "integer") return left.bits === right.bits;
  if (left.kind === "enum" || left.kind === "custom") return left === right;
  if (left.kind === "decimal" && right.kind === "decimal") {
    return left.precision === right.precision && left.scale === right.scale;
  }
  return true;
}

/** The keys of a table that a foreign key may point at. */
export function keysOf(target: TableInfo): (readonly AnyTableColumn[])[] {
  const single = target.columns.filter((column) => column.spec.unique !== false);
  const keys = target.extras.flatMap((extra) =>
    extra.kind === "unique" && !extra.isOfLive ? [extra.columns] : [],
  );
  const ordered = target.extras.find((extra) => extra.kind === "primaryKey");
  return [ordered?.columns ?? target.primaryKey, ...single.map((column) => [column]), ...keys];
}

function referenceOf(
  from: readonly AnyTableColumn[],
  to: readonly unknown[],
  options: ReferenceOptions,
  where: string,
): Reference {
  const columns = to.filter((column) => column instanceof Column);
  if (columns.length < to.length || to.length === 0)
    refuse(`${where} does not give a column.`, "Write it as () => users.id.");
  if (columns.length !== from.length)
    refuse(`${where} has ${from.length} columns, and points at ${columns.length}.`);
  from.forEach((column, at) => {
    const { type } = columns[at]!;
    if (sameKind(column.type, type)) return;
    refuse(
      `${where} points at a ${describe(type)} column, but is ${describe(column.type)}.`,
      isCaseInsensitive(type) || isCaseInsensitive(column.type)
        ? "Foreign keys compare by exact characters; point at a key without caseInsensitive()."
        : "Give both columns one type.",
    );
  });
  // A column's source is a table or an alias of it; both are TableInfo.
  const target = columns[0]!.source as TableInfo;
  if (columns.some((column) => column.source !== target))
    refuse(`${where} points at columns of several tables.`);
  const key = keysOf(target).find(
    (candidate) =>
      candidate.length === columns.length && candidate.every((column) => columns.includes(column)),
  );
  if (key === undefined) {
    const names = columns.map((column) => `"${target.table}"."${column.key}"`).join(", ");
    refuse(`${where} points at ${names}, which is neither a primary key nor unique.`);
  }
  return {
    name: options.name,
    // MySQL takes the columns only in the order of the key.
    from: key.map((column) => from[columns.indexOf(column)]!),
    to: key,
    target,
    onDelete: options.onDelete ?? "no action",
    onUpdate: options.onUpdate ?? "no action",
  };
}

/** The foreign keys of a table, with their targets. */
export function referencesOf(info: TableInfo): Reference[] {
  const references: Reference[] = [];
  for (const from of info.columns) {
    const { references: reference } = from.spec;
    if (reference === undefined) continue;
    const where = `references() of column "${from.key}" of table "${info.table}"`;
    references.push(referenceOf([from], [reference.target()], reference, where));
  }
  for (const extra of info.extras) {
    if (extra.kind !== "foreignKey") continue;
    const to = extra.target();
    const where = `foreignKey() of table "${info.table}"`;
    references.push(referenceOf(extra.columns, Array.isArray(to) ? to : [to], extra, where));
  }
  return references;
}
