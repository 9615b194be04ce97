/** What a part of a declaration says of the database, to tell whether it still holds. */

import type { ForeignKeyModel, KeyModel, TableModel, ViewModel } from "../../../schema/model.ts";
import { constraintName } from "../../../schema/model.ts";
import type { Names } from "../../../schema/naming.ts";
import { isSame } from "../../../schema/same.ts";
import type { TableInfo } from "../../../schema/table.ts";
import type { ExtraKind } from "../table-code.ts";

type Declared = TableModel | ViewModel;

function isTable(table: Declared): table is TableModel {
  return "uniques" in table;
}

/** A column with what may be said beside it. A view knows its columns by their names. */
function columnFacts(table: Declared, name: string): object | undefined {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined) return undefined;
  if (!isTable(table)) return { name, comment: column.comment };
  const isAlone = ({ columns }: KeyModel): boolean => columns.length === 1 && columns[0] === name;
  return {
    column,
    isKey: table.primaryKey?.columns.includes(name) === true,
    uniques: table.uniques.filter(isAlone),
    foreignKeys: table.foreignKeys.filter(isAlone),
  };
}

export function isSameColumn(one: Declared, other: Declared, name: string): boolean {
  return isSame(columnFacts(one, name), columnFacts(other, name));
}

export interface ExtraName {
  /** `"own"` is the program's, of which the database knows nothing. */
  readonly kind: ExtraKind | "own";
  readonly name: string;
}

/** What stands beside the columns of a table, in the order of the declaration, by the names in the database. */
export function extraNames(info: TableInfo, model: Declared, names: Names): ExtraName[] {
  const { extras } = info;
  const places = { check: 0, foreignKey: 0, index: 0 };
  const indexCount = extras.filter(({ kind }) => kind === "index" || kind === "fullText").length;
  const keyCount = extras.filter(({ kind }) => kind === "foreignKey").length;
  // Those that stand with a column come first.
  const indexes = model.indexes.slice(model.indexes.length - indexCount);
  const keys: readonly ForeignKeyModel[] = isTable(model)
    ? model.foreignKeys.slice(model.foreignKeys.length - keyCount)
    : [];
  return extras.map((extra): ExtraName => {
    switch (extra.kind) {
      case "index":
      case "fullText":
        return { kind: "index", name: indexes[places.index++]?.name ?? "" };
      case "foreignKey":
        return { kind: "foreignKey", name: keys[places.foreignKey++]?.name ?? "" };
      case "check": {
        const checks = isTable(model) ? model.checks : [];
        return { kind: "check", name: checks[places.check++]?.name ?? "" };
      }
      case "unique": {
        const columns = extra.columns.map((column) => names.column(column));
        return {
          kind: "unique",
          name: extra.name ?? constraintName(model.name, columns, "unique"),
        };
      }
      case "primaryKey":
        return { kind: "primaryKey", name: "" };
      case "comment":
        return { kind: "comment", name: "" };
      default:
        return { kind: "own", name: "" };
    }
  });
}

function extraFacts(table: Declared, { kind, name }: ExtraName): unknown {
  const named = <Item extends { readonly name: string }>(
    items: readonly Item[],
  ): Item | undefined => items.find((item) => item.name === name);
  switch (kind) {
    case "own":
      return true;
    case "comment":
      return table.comment;
    case "index":
      return named(table.indexes);
    case "primaryKey":
      return isTable(table) ? table.primaryKey : undefined;
    case "unique":
      // Without regard to case it is an index.
      return isTable(table) ? (named(table.uniques) ?? named(table.indexes)) : undefined;
    case "check":
      return isTable(table) ? named(table.checks) : undefined;
    case "foreignKey":
      return isTable(table) ? named(table.foreignKeys) : undefined;
  }
}

/** `"gone"`: the other has it no more. */
export function compareExtra(
  one: Declared,
  other: Declared,
  extra: ExtraName,
): "gone" | "other" | "same" {
  const facts = extraFacts(other, extra);
  if (facts === undefined) return "gone";
  return isSame(extraFacts(one, extra), facts) ? "same" : "other";
}
