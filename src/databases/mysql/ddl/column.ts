/** A column as it stands in a table. */

import type { LogicalType } from "../../../ast/logical-type.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { writeDefaultValue } from "../../../dialect/sql/declared-text.ts";
import { writeGenerated } from "../../../dialect/sql/standard-ddl.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { ColumnModel, DefaultModel, TableModel } from "../../../schema/model.ts";
import { escapedLiteral } from "../literals.ts";
import { bytesOfUuid } from "../../../dialect/values/uuid-bytes.ts";
import { isTimestamp, unitOf, uuidStorage } from "../types.ts";
import type { Variant } from "../variant.ts";

/** In characters. Source: MySQL 8.4 manual, "CREATE TABLE Statement". */
const MAX_COLUMN_COMMENT = 1024;
const MAX_TABLE_COMMENT = 2048;

/** Version 4 of RFC 9562 without hyphens; the server's own `uuid()` makes version 1, of a clock and a network card. */
const RANDOM_HEX =
  "concat(hex(random_bytes(6)), '4', substr(hex(random_bytes(2)), 2), substr('89AB', 1 + (ascii(random_bytes(1)) & 3), 1), " +
  "substr(hex(random_bytes(2)), 2), hex(random_bytes(6)))";

export function randomText(type: LogicalType, variant: Variant): string {
  const storage = type.kind === "uuid" ? uuidStorage(type, variant) : "text";
  if (storage === "uuid") return RANDOM_HEX;
  if (storage === "binary") return `unhex(${RANDOM_HEX})`;
  return [9, 14, 19, 24].reduce(
    (text, place) => `insert(${text}, ${place}, 0, '-')`,
    `lower(${RANDOM_HEX})`,
  );
}

export function nowText(type: LogicalType | undefined): string {
  const unit = type?.kind === "timestamp" ? unitOf(type) : undefined;
  if (unit === "seconds") return "(unix_timestamp())";
  if (unit === "milliseconds")
    return "(cast(floor(unix_timestamp(current_timestamp(3)) * 1000) as signed))";
  if (type?.kind === "date") return "(utc_date())";
  if (type?.kind === "time") return `(utc_time(${type.precision}))`;
  return `current_timestamp(${type?.kind === "timestamp" ? type.precision : 0})`;
}

export function writeDefault(
  column: ColumnModel,
  value: DefaultModel,
  variant: Variant,
  out: Writer,
): void {
  const { type } = column;
  switch (value.kind) {
    case "now":
      out.sql(nowText(type));
      return;
    case "random":
      out.sql(`(${randomText(type, variant)})`);
      return;
    case "sql":
      out.sql(`(${value.text})`);
      return;
    case "value": {
      if (type.kind === "uuid" && uuidStorage(type, variant) === "binary") {
        out.sql(`(x'${bytesOfUuid(value.value).toString("hex")}')`);
        return;
      }
      // MySQL takes no literal as the default of a LONGBLOB, but an expression.
      if (type.kind === "bytes" && type.length === undefined && !variant.hasTextDefault) {
        out.sql("(");
        writeDefaultValue(column, value.value, out);
        out.sql(")");
        return;
      }
      const isJson = type.kind === "array" || type.kind === "json";
      const isLong = isJson || (type.kind === "text" && type.length === undefined);
      const isExpression = isLong && !variant.hasTextDefault;
      // MySQL makes no JSON of a hexadecimal literal, which is bytes to it.
      if (isExpression) out.sql("(convert(");
      writeDefaultValue(column, value.value, out);
      if (isExpression) out.sql(" using utf8mb4))");
    }
  }
}

/** Of the ways to count, the server has one. */
function refuseIdentity(column: ColumnModel, variant: Variant): void {
  if (column.identity === undefined) return;
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `options of autoIncrement() ("${column.name}")`,
    instead: "Leave them out: it counts up from 1, and rows may bring their own.",
  });
}

/** The server counts up one column of a table, which a key begins with. */
export function refuseCounted({ name }: ColumnModel, variant: Variant): never {
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `autoIncrement() of a column that no key begins with ("${name}")`,
    instead: "Make it the primary key or unique, in the migration that creates its table.",
  });
}

/** @throws {UnsupportedError} before the server would. */
export function requireCountedKey(table: TableModel, variant: Variant): void {
  const counted = table.columns.find((column) => column.isAutoIncrement);
  if (counted === undefined) return;
  const keys = [...table.uniques, ...(table.primaryKey === undefined ? [] : [table.primaryKey])];
  if (!keys.some(({ columns }) => columns[0] === counted.name)) refuseCounted(counted, variant);
}

export function writeColumn(column: ColumnModel, variant: Variant, out: Writer): void {
  out.sql(out.context.types.sqlType(column.type));
  if (column.generated !== undefined) {
    writeGenerated(column.generated, out);
    // MariaDB can't parse `not null` there. Source: MariaDB manual, "Generated Columns".
    if (!column.nullable) out.sql(" check (").id(column.name).sql(" is not null)");
    writeColumnComment(column, variant, out);
    return;
  }
  if (!column.nullable) out.sql(" not null");
  // Where a server is set so, it takes a `timestamp` that says neither for one that is not null.
  else if (isTimestamp(column.type)) out.sql(" null");
  refuseIdentity(column, variant);
  if (column.isAutoIncrement) out.sql(" auto_increment");
  else if (column.default !== undefined) {
    out.sql(" default ");
    writeDefault(column, column.default, variant, out);
  }
  writeColumnComment(column, variant, out);
}

/** The server would cut a longer one or refuse it, and take what is beyond three bytes for a question mark. */
function refuseComment(comment: string, length: number, variant: Variant): void {
  const characters = Array.from(comment);
  const isLong = characters.length > length;
  if (!isLong && !characters.some((character) => character.length > 1)) return;
  throw new UnsupportedError({
    dialect: variant.name,
    feature: isLong
      ? `a comment of more than ${length} characters`
      : "a comment with an emoji or another character beyond U+FFFF",
    instead: isLong ? "Make it shorter." : "Leave such characters out.",
  });
}

function writeColumnComment({ comment }: ColumnModel, variant: Variant, out: Writer): void {
  if (comment === undefined) return;
  refuseComment(comment, MAX_COLUMN_COMMENT, variant);
  out.sql(` comment ${escapedLiteral(comment)}`);
}

export function tableComment(comment: string | undefined, variant: Variant): string {
  if (comment === undefined) return "";
  refuseComment(comment, MAX_TABLE_COMMENT, variant);
  return ` comment = ${escapedLiteral(comment)}`;
}
