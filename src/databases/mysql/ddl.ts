import type { LogicalType } from "../../ast/logical-type.ts";
import { UnsupportedError } from "../../core/error.ts";
import type { DdlRules } from "../../dialect/rules.ts";
import {
  writeAddForeignKey,
  writeCreateSchema,
  writeCreateTable,
  writeCreateView,
  writeDefaultValue,
  writeDropTable,
  writeGenerated,
  writeIndexStart,
  writeIndexTerms,
} from "../../dialect/standard-ddl.ts";
import type { Writer } from "../../dialect/writer.ts";
import type {
  ColumnModel,
  DefaultModel,
  ForeignKeyModel,
  KeyModel,
  TableModel,
} from "../../schema/model.ts";
import { escapedLiteral } from "./literals.ts";
import { foldedName, withFolded } from "./folded.ts";
import { bytesOfUuid } from "../../dialect/uuid-bytes.ts";
import { unitOf, uuidStorage } from "./types.ts";
import type { Variant } from "./variant.ts";

/** A key holds 3072 bytes, and a code point takes up to four. Source: MySQL 8.4 manual, "InnoDB Limits". */
const MAX_KEY_LENGTH = 768;
const MAX_KEY_BYTES = 3072;

/** In characters. Source: MySQL 8.4 manual, "CREATE TABLE Statement". */
const MAX_COLUMN_COMMENT = 1024;
const MAX_TABLE_COMMENT = 2048;

/** Version 4 of RFC 9562 without hyphens; the server's own `uuid()` makes version 1, of a clock and a network card. */
const RANDOM_HEX =
  "concat(hex(random_bytes(6)), '4', substr(hex(random_bytes(2)), 2), substr('89AB', 1 + (ascii(random_bytes(1)) & 3), 1), " +
  "substr(hex(random_bytes(2)), 2), hex(random_bytes(6)))";

function randomText(type: LogicalType, variant: Variant): string {
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

function writeDefault(
  column: ColumnModel,
  value: DefaultModel,
  variant: Variant,
  out: Writer,
): void {
  const { type } = column;
  out.sql(" default ");
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

function writeColumn(column: ColumnModel, variant: Variant, out: Writer): void {
  out.sql(out.context.types.sqlType(column.type));
  if (column.generated !== undefined) {
    writeGenerated(column.generated, out);
    // MariaDB can't parse `not null` there. Source: MariaDB manual, "Generated Columns".
    if (!column.nullable) out.sql(" check (").id(column.name).sql(" is not null)");
    writeColumnComment(column, variant, out);
    return;
  }
  if (!column.nullable) out.sql(" not null");
  refuseIdentity(column, variant);
  if (column.isAutoIncrement) out.sql(" auto_increment");
  else if (column.default !== undefined) writeDefault(column, column.default, variant, out);
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

function tableComment({ comment }: TableModel, variant: Variant): string {
  if (comment === undefined) return "";
  refuseComment(comment, MAX_TABLE_COMMENT, variant);
  return ` comment = ${escapedLiteral(comment)}`;
}

/** A server would refuse such a key, or silently take only the beginning of the texts. */
function refuseLongText(what: string, key: KeyModel, table: TableModel, variant: Variant): void {
  for (const name of key.columns) {
    const type = table.columns.find((column) => column.name === name)?.type;
    if (type?.kind !== "text" && type?.kind !== "bytes") continue;
    const isText = type.kind === "text";
    const longest = isText ? MAX_KEY_LENGTH : MAX_KEY_BYTES;
    if ((type.length ?? Infinity) <= longest) continue;
    const bounded = isText ? "varchar" : "bytes";
    const declared =
      type.length === undefined ? `${type.kind}()` : `${bounded}({ length: ${type.length} })`;
    throw new UnsupportedError({
      dialect: variant.name,
      feature: `${what} on "${table.name}"."${name}", which is ${declared}`,
      instead: `Declare it ${bounded}({ length }), with a length of at most ${longest}.`,
    });
  }
}

function refuseLongKeys(table: TableModel, variant: Variant): void {
  if (table.primaryKey !== undefined)
    refuseLongText("a primary key", table.primaryKey, table, variant);
  if (!variant.hasHashUnique)
    for (const key of table.uniques) refuseLongText("a unique key", key, table, variant);
  for (const key of table.foreignKeys) refuseLongText("a foreign key", key, table, variant);
}

/** InnoDB refuses it with the number of its own error. Source: MySQL 8.4 manual, "FOREIGN KEY Constraints". */
function refuseSetDefault({ name, onDelete, onUpdate }: ForeignKeyModel, variant: Variant): void {
  if (onDelete !== "set default" && onUpdate !== "set default") return;
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `"set default" of a foreign key ("${name}")`,
    instead: 'Use "set null", "cascade" or "restrict".',
  });
}

function refuseMaterialized(name: string, variant: Variant): never {
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `materialized views ("${name}")`,
    instead: "Declare it with view(), or keep its rows in a table that the program fills.",
  });
}

export function mysqlDdl(variant: Variant): DdlRules {
  return {
    createSchema: writeCreateSchema,

    createEnum() {
      throw new UnsupportedError({
        dialect: variant.name,
        feature: "types of their own for enums",
        instead: "Declare the column with enumType(); its labels stand in the table.",
      });
    },

    createTable(change, out) {
      refuseLongKeys(change.table, variant);
      for (const key of change.table.foreignKeys) refuseSetDefault(key, variant);
      const table = withFolded(change.table, variant);
      writeCreateTable({ ...change, table }, out, {
        column: (column, _table, writer) => writeColumn(column, variant, writer),
        hasPrimaryKey: () => true,
        suffix: ` engine = InnoDB default charset = utf8mb4 collate = ${variant.collation}${tableComment(change.table, variant)}`,
      });
    },

    dropTable: writeDropTable,

    createIndex(change, out) {
      const { index, table } = change;
      refuseLongText(index.isUnique ? "a unique index" : "an index", index, table, variant);
      if (index.where !== undefined) {
        throw new UnsupportedError({
          dialect: variant.name,
          feature: `an index of some of the rows ("${index.name}")`,
          instead: index.isUnique
            ? "Make a generated column that is NULL for the other rows, and unique."
            : "Leave out its where().",
        });
      }
      if (!variant.hasExpressionIndex && index.terms.some((term) => "sql" in term)) {
        throw new UnsupportedError({
          dialect: variant.name,
          feature: `an index of an expression ("${index.name}")`,
          instead: "Make a generated column of the expression, and an index of that.",
        });
      }
      writeIndexStart(change, out);
      writeIndexTerms(
        change,
        out,
        (term) => (term.direction === "desc" ? " desc" : ""),
        (column) => out.id(foldedName(column)),
      );
      out.sql(")");
    },

    addForeignKey(change, out) {
      const { schema, foreignKey } = change;
      // The server takes a name without a database for one in the database of the table that points.
      if (schema !== undefined && foreignKey.targetSchema === undefined) {
        throw new UnsupportedError({
          dialect: variant.name,
          feature: `a foreign key from schema "${schema}" to a table of no schema ("${foreignKey.name}")`,
          instead: `Declare "${foreignKey.target}" in a schema, too: that of its database.`,
        });
      }
      writeAddForeignKey(change, out);
    },

    createView(change, out) {
      if (change.view.isMaterialized) refuseMaterialized(change.view.name, variant);
      writeCreateView(change, out);
    },

    refreshView: ({ name }) => refuseMaterialized(name, variant),

    setComment() {
      throw new UnsupportedError({
        dialect: variant.name,
        feature: "a comment that is a statement of its own",
        instead: "Declare it; it stands with its table or column.",
      });
    },
  };
}
