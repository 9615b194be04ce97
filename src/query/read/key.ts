import { CompareNode, LogicNode, ValueNode, type Condition } from "../../ast/expression.ts";
import { BuildError, InvalidValueError } from "../../core/error.ts";
import type { TableInfo } from "../../schema/table.ts";

function keyValue(info: TableInfo, name: string, value: unknown): ValueNode<unknown> {
  if (value === undefined || value === null) {
    throw new InvalidValueError(
      `The key "${name}" of table "${info.table}" is ${value === null ? "null" : "undefined"}.`,
    );
  }
  return new ValueNode(value, info.column(name)!.type);
}

/** `key = value`, for all columns of the primary key. */
export function keyCondition(info: TableInfo, key: unknown): Condition {
  const { primaryKey } = info;
  const [first] = primaryKey;
  if (first === undefined) {
    throw new BuildError(
      "E_UNKNOWN_COLUMN",
      `Table "${info.table}" has no primary key to find a row by.`,
      {
        hint: "Give a column .primaryKey(), or use where(…).first().",
      },
    );
  }
  if (primaryKey.length === 1) return new CompareNode("=", first, keyValue(info, first.key, key));
  const values = typeof key === "object" && key !== null ? (key as Record<string, unknown>) : {};
  return new LogicNode(
    "and",
    primaryKey.map(
      (column) => new CompareNode("=", column, keyValue(info, column.key, values[column.key])),
    ),
  );
}
