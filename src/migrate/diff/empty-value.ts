import type { LogicalType } from "../../ast/logical-type.ts";
import type { ColumnModel, DefaultModel, TableModel } from "../../schema/model.ts";
import type { LiteralModel } from "../../schema/sql-model.ts";

function emptyLiteral(type: LogicalType): LiteralModel | undefined {
  switch (type.kind) {
    case "integer":
    case "double":
    case "real":
      return 0;
    case "bigint":
      return "0";
    case "decimal":
      return type.scale === 0 ? "0" : `0.${"0".repeat(type.scale)}`;
    case "boolean":
      return false;
    case "text":
    case "bytes":
      return "";
    case "uuid":
      return "00000000-0000-0000-0000-000000000000";
    case "timestamp":
      return `1970-01-01T00:00:00${type.precision > 0 ? `.${"0".repeat(type.precision)}` : ""}Z`;
    case "date":
      return "1970-01-01";
    case "time":
      return `00:00:00${type.precision > 0 ? `.${"0".repeat(type.precision)}` : ""}`;
    case "json":
      return "null";
    case "array":
      return "[]";
    case "enum":
      return type.values[0];
    default:
      return undefined;
  }
}

/**
 * What the way back gives to rows where a column comes back that must not be NULL: its values are gone, and something has
 * to stand there. Nothing where it would break a key.
 */
export function emptyValue(table: TableModel, column: ColumnModel): DefaultModel | undefined {
  const keys = [
    ...table.uniques,
    ...table.foreignKeys,
    ...table.indexes.filter((one) => one.isUnique),
  ];
  if (table.primaryKey !== undefined) keys.push(table.primaryKey);
  if (keys.some(({ columns }) => columns.length === 1 && columns[0] === column.name))
    return undefined;
  if (table.foreignKeys.some(({ columns }) => columns.includes(column.name))) return undefined;
  const value = emptyLiteral(column.type);
  return value === undefined ? undefined : { kind: "value", value };
}
