import { UnsupportedError } from "../../../core/error.ts";
import type { DdlRules } from "../../../dialect/sql/rules.ts";
import {
  writeAddForeignKey,
  writeCreateSchema,
  writeCreateTable,
  writeCreateView,
  writeDropView,
  refuseIndexMethod,
  writeIndexStart,
  writeIndexTerms,
} from "../../../dialect/sql/standard-ddl.ts";
import type {
  ForeignKeyModel,
  KeyModel,
  TableModel,
  IndexTermModel,
} from "../../../schema/model.ts";
import { mysqlAlter } from "./alter.ts";
import { requireCountedKey, tableComment, writeColumn } from "./column.ts";
import { writeFullTextIndex } from "../query/full-text.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { Variant } from "../variant.ts";

/** A key holds 3072 bytes, and a code point takes up to four. Source: MySQL 8.4 manual, "InnoDB Limits". */
const MAX_KEY_LENGTH = 768;
const MAX_KEY_BYTES = 3072;

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

/** `if not exists` of what isn't a table, where the server has it. */
function tolerantWords({ hasIfExists }: Variant, out: Writer): (() => void) | undefined {
  return hasIfExists ? () => out.tolerant("if not exists ") : undefined;
}

export function mysqlDdl(variant: Variant): DdlRules {
  return {
    ...mysqlAlter(variant),
    createSchema: writeCreateSchema,

    createTable(change, out) {
      refuseLongKeys(change.table, variant);
      requireCountedKey(change.table, variant);
      for (const key of change.table.foreignKeys) refuseSetDefault(key, variant);
      writeCreateTable(change, out, {
        column: (column, _table, writer) => writeColumn(column, variant, writer),
        hasPrimaryKey: () => true,
        suffix: ` engine = InnoDB default charset = utf8mb4 collate = ${variant.collation}${tableComment(change.table.comment, variant)}`,
      });
    },

    createIndex(change, out) {
      const { index, table } = change;
      if (index.fullText !== undefined) {
        writeFullTextIndex(change, variant, out);
        return;
      }
      refuseIndexMethod(change, variant.name);
      const whole = index.terms.flatMap((term) =>
        "column" in term && term.prefix === undefined ? [term.column] : [],
      );
      const what = index.isUnique ? "a unique index" : "an index";
      refuseLongText(what, { ...index, columns: whole }, table, variant);
      if (index.where !== undefined) {
        throw new UnsupportedError({
          dialect: variant.name,
          feature: `an index of some of the rows ("${index.name}")`,
          instead: index.isUnique
            ? "Make a generated column that is NULL for the other rows, and unique; or say it as isNull(column)."
            : "Leave out its where(), or say it as isNull(column).",
        });
      }
      if (!variant.hasExpressionIndex && index.terms.some((term) => "sql" in term)) {
        throw new UnsupportedError({
          dialect: variant.name,
          feature: `an index of an expression ("${index.name}")`,
          instead: "Make a generated column of the expression, and an index of that.",
        });
      }
      writeIndexStart(change, out, tolerantWords(variant, out));
      const lengthOf = ({ prefix }: IndexTermModel): string =>
        prefix === undefined ? "" : `(${prefix})`;
      writeIndexTerms(
        change,
        out,
        (term) => lengthOf(term) + (term.direction === "desc" ? " desc" : ""),
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
      writeAddForeignKey(change, out, tolerantWords(variant, out));
    },

    createView(change, out) {
      if (change.view.isMaterialized) refuseMaterialized(change.view.name, variant);
      writeCreateView(change, out);
    },

    dropView: writeDropView,
    refreshView: ({ name }) => refuseMaterialized(name, variant),
  };
}
