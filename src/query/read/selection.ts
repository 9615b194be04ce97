import { DerivedSource } from "../../ast/derived.ts";
import { Expression, type Source } from "../../ast/expression.ts";
import type { SelectionNode, SelectionRecord } from "../../ast/statement.ts";
import { ConfigError } from "../../core/error.ts";
import { isTable, sourceOf, type TableInfo } from "../../schema/table.ts";
import type { Selection } from "../types.ts";

const recordsOfTables = new WeakMap<TableInfo, SelectionRecord>();

/** All columns of a table. Made once, as its shape is the table's identity. */
export function tableSelection(info: TableInfo): SelectionRecord {
  let record = recordsOfTables.get(info);
  if (record === undefined) {
    record = { keys: info.columns.map((column) => column.key), values: info.columns, source: info };
    recordsOfTables.set(info, record);
  }
  return record;
}

export function sourceSelection(source: Source): SelectionRecord {
  return source instanceof DerivedSource ? source.record : tableSelection(source as TableInfo);
}

export function toSelection(selection: Selection): SelectionRecord {
  if (isTable(selection)) return sourceSelection(sourceOf(selection));
  const keys = Object.keys(selection);
  if (keys.length === 0)
    throw new ConfigError("A select needs at least one column.", { code: "E_CONFIG" });
  const values = keys.map((key): SelectionNode => {
    const value: unknown = selection[key];
    if (value instanceof Expression) return value;
    if (typeof value === "object" && value !== null) return toSelection(value as Selection);
    throw new ConfigError(`"${key}" of the selection is neither a column nor an expression.`);
  });
  return { keys, values, source: undefined };
}

/** How many columns a selection has. */
export function widthOf(node: SelectionNode): number {
  if (node instanceof Expression) return 1;
  return node.values.reduce((width, inner) => width + widthOf(inner), 0);
}
