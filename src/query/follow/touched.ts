/** What a write does to tables, as its statement says it: without asking which rows there are. */

import { nodeOf, type AnyExpression } from "../../ast/expression.ts";
import type { AnyColumn, InsertStatement, WriteStatement } from "../../ast/statement.ts";
import { withCascades, type Cascade, type RowChange } from "../../dialect/server/cascades.ts";
import type { Names } from "../../schema/naming.ts";
import { referencesOf } from "../../schema/reference.ts";
import type { AnySchema } from "../../schema/schema.ts";
import { infoOf, type AnyTableColumn, type TableInfo } from "../../schema/table.ts";
import { keyNamer } from "./row-name.ts";
import { storedName } from "./tables.ts";

/** A table whose rows came, went or changed. */
export interface Touched {
  readonly table: string;
  /** The rows that were there before and may be changed, by what they are called; undefined: any. An insert changes none. */
  readonly rows: readonly string[] | undefined;
}

/** What a shape of writes touches, by its values as the walk collects them. */
export type FindTouched = (values: readonly unknown[]) => readonly Touched[];

/** More rows than these are as well told as all of the table. */
const MAX_ROWS = 64;

/** By the places of a key's columns, which value each has in one row, or several have in turn. */
type KeyPlaces =
  | { readonly kind: "list"; readonly index: number }
  | { readonly kind: "rows"; readonly rows: readonly (readonly number[])[] };

/** Foreign keys that do something by themselves, in the words of `withCascades`. */
export function cascadesOf(schema: AnySchema | undefined, names: Names): readonly Cascade[] {
  const action = (rule: string): Cascade["onDelete"] => {
    if (rule === "cascade") return "cascade";
    return rule.startsWith("set") ? "set" : "none";
  };
  return Object.values(schema?.tables ?? {}).flatMap((table) => {
    const info = infoOf(table);
    return referencesOf(info).map(({ from, onDelete, onUpdate, target, to }): Cascade => ({
      table: storedName(names, info),
      target: storedName(names, target),
      columns: from.map((column) => names.column(column)),
      targetColumns: to.map((column) => names.column(column)),
      onDelete: action(onDelete),
      onUpdate: action(onUpdate),
    }));
  });
}

/** The conditions that all must be true. */
function conjuncts(condition: AnyExpression | undefined): readonly AnyExpression[] {
  const node = condition && nodeOf(condition);
  if (node === undefined) return [];
  return node.kind === "logic" && node.operator === "and"
    ? node.operands.flatMap(conjuncts)
    : [node];
}

/** A row that gets another key is named by the one that it had; under the new one there was none, which queries tell. */
function keyPlacesOf(
  key: readonly AnyTableColumn[],
  where: AnyExpression | undefined,
): KeyPlaces | undefined {
  const conditions = conjuncts(where).map(nodeOf);
  const places = key.map((column) => {
    for (const node of conditions) {
      if (node.kind !== "compare" || node.operator !== "=") continue;
      const [left, right] = [nodeOf(node.left), nodeOf(node.right)];
      const other = left === column ? right : right === column ? left : undefined;
      if (other?.kind === "parameter" && other.given === undefined) return other.index;
    }
    return undefined;
  });
  if (places.every((place) => place !== undefined)) return { kind: "rows", rows: [places] };
  if (key.length > 1) return undefined;
  for (const node of conditions) {
    if (node.kind === "inListParameter" && !node.negated && nodeOf(node.operand) === key[0])
      return { kind: "list", index: node.index };
  }
  return undefined;
}

/** Of an upsert by the key itself, whose rows all bring it. */
function keyPlacesOfInsert(
  key: readonly AnyTableColumn[],
  { conflict, query, rows }: InsertStatement,
): KeyPlaces | undefined {
  const isOfKey =
    conflict?.target.length === key.length && key.every((one) => conflict.target.includes(one));
  if (!isOfKey || query !== undefined || rows.length > MAX_ROWS) return undefined;
  const places = rows.map((row) =>
    key.flatMap((column) => {
      const cell = row[column.key] as AnyExpression | undefined;
      const node = cell && nodeOf(cell);
      return node?.kind === "parameter" && node.given === undefined ? [node.index] : [];
    }),
  );
  const isWhole = places.every((row) => row.length === key.length);
  return isWhole ? { kind: "rows", rows: places } : undefined;
}

interface Change {
  readonly info: TableInfo;
  readonly change: RowChange;
  /** Undefined: any rows. */
  readonly places: KeyPlaces | undefined;
  /** Whether no row that was there changes. */
  readonly isPure?: boolean;
}

function changeOf(template: WriteStatement, names: Names): Change {
  const columnsOf = (columns: readonly AnyColumn[]): string[] =>
    columns.map((column) => names.column(column));
  switch (template.kind) {
    case "insert": {
      const info = template.into as TableInfo;
      const { conflict } = template;
      const updated = [
        ...(conflict?.update ?? []),
        ...(conflict?.set ?? []).map(({ column }) => column),
      ];
      if (updated.length === 0)
        return { info, change: { kind: "insert" }, places: undefined, isPure: true };
      const places = keyPlacesOfInsert(info.primaryKey, template);
      return { info, change: { kind: "update", columns: columnsOf(updated) }, places };
    }
    case "update": {
      const info = template.table as TableInfo;
      const columns = template.set.map(({ column }) => column);
      const places = keyPlacesOf(info.primaryKey, template.where);
      return { info, change: { kind: "update", columns: columnsOf(columns) }, places };
    }
    case "delete": {
      const info = template.from as TableInfo;
      return {
        info,
        change: { kind: "delete" },
        places: keyPlacesOf(info.primaryKey, template.where),
      };
    }
  }
}

function valuesAt(places: KeyPlaces, values: readonly unknown[]): readonly (readonly unknown[])[] {
  if (places.kind === "list")
    return (values[places.index] as readonly unknown[]).map((value) => [value]);
  return places.rows.map((row) => row.map((place) => values[place]));
}

export interface TouchContext {
  readonly names: Names;
  readonly cascades: readonly Cascade[];
}

/** Stands for the rows that a write names, beside those of its table that change with them. */
const NAMED = "\0";

/** The tables that the database changes with the rows, by its foreign keys; their own may be among them. */
function changedWith(
  table: string,
  change: RowChange,
  cascades: readonly Cascade[],
): readonly string[] {
  const ofNamed = cascades
    .filter(({ target }) => target === table)
    .map((cascade) => ({ ...cascade, target: NAMED }));
  const all = withCascades([[NAMED, change]], [...cascades, ...ofNamed]);
  return [...all].filter((name) => name !== NAMED);
}

/** What writes of a shape touch, with what the database changes by its foreign keys. */
export function touchedBy(
  template: WriteStatement,
  { cascades, names }: TouchContext,
): FindTouched {
  const { change, info, isPure = false, places } = changeOf(template, names);
  const table = storedName(names, info);
  if (isPure) return () => [{ table, rows: [] }];
  const others = changedWith(table, change, cascades);
  const all = [...new Set([table, ...others])].map((name) => ({ table: name, rows: undefined }));
  const nameOf = keyNamer(info);
  if (places === undefined || nameOf === undefined || others.includes(table)) return () => all;
  const further = all.slice(1);
  return (values) => {
    const keys = valuesAt(places, values);
    return keys.length > MAX_ROWS ? all : [{ table, rows: keys.map(nameOf) }, ...further];
  };
}
