import { UnsupportedError } from "../../../core/error.ts";
import type { DdlRules } from "../../../dialect/sql/rules.ts";
import {
  writeAddColumn,
  writeDropColumn,
  writeRenameColumn,
} from "../../../dialect/sql/standard-changes.ts";
import { writeSql } from "../../../dialect/sql/declared-text.ts";
import {
  writeCreateTable,
  writeCreateView,
  writeDropTable,
  writeDropView,
  refuseIndexMethod,
  writeIndexStart,
  writeIndexTerms,
} from "../../../dialect/sql/standard-ddl.ts";
import type { RenameTable } from "../../../schema/change.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { isRowId, writeColumn } from "./column.ts";
import { writeCopy } from "./convert.ts";
import { refuseSchema } from "../refuse-schema.ts";
import { writeDropFullText, writeFullTextTable } from "./full-text-ddl.ts";

function refuseEnum(): never {
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: "types of their own for enums",
    instead: "Declare the column with enumType(); it is text with a check.",
  });
}

function refuseMaterialized(name: string): never {
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: `materialized views ("${name}")`,
    instead: "Declare it with view(), or keep its rows in a table that the program fills.",
  });
}

/** `rewrite.ts` makes a new table instead. */
function refuseAlter(): never {
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: "changing a column or a constraint of a table that exists",
    instead: "Let a migration make the table anew, as `plinth migrate generate` does.",
  });
}

/**
 * With foreign keys on, to drop a table is to delete its rows, and those that point at them with `on delete cascade`.
 * The text is an error of its own then, whoever runs it.
 */
const GUARD =
  "select json_extract('{}', iif(foreign_keys, " +
  "'foreign keys must be off to replace a table: run this by plinth migrate up', '$')) from pragma_foreign_keys";

function renameTable({ from, to, replacing }: RenameTable, out: Writer): void {
  // Else what points at the name is rewritten to point at nothing, and views that read it make the statement fail.
  if (replacing !== undefined) out.sql("pragma legacy_alter_table = on").next();
  out.sql("alter table ").id(from).sql(" rename to ").id(to);
  if (replacing === undefined) return;
  out.next().sql("pragma legacy_alter_table = off").next();
  // Changes nothing, and fails when a view or a trigger names a column that is there no more.
  out.sql("alter table ").id(to).sql(" rename column ").id(replacing).sql(" to ").id(replacing);
}

export const sqliteDdl: DdlRules = {
  addCheck: refuseAlter,

  addColumn(change, out) {
    writeAddColumn(change, out, (column) => writeColumn(column, undefined, out));
  },

  addEnumValue: refuseEnum,
  addForeignKey: refuseAlter,
  addPrimaryKey: refuseAlter,
  addUnique: refuseAlter,
  alterColumn: refuseAlter,
  alterEnum: refuseEnum,
  backfill: refuseAlter,
  copyRows: writeCopy,
  createEnum: refuseEnum,

  createIndex(change, out) {
    if (change.index.fullText !== undefined) {
      writeFullTextTable(change, out);
      return;
    }
    refuseIndexMethod(change, "SQLite");
    writeIndexStart(change, out, () => out.tolerant("if not exists "));
    // NULLs are smallest by SQLite's own order.
    writeIndexTerms(
      change,
      out,
      (term) => (term.direction === "desc" ? " desc" : ""),
      (column) => out.sql("lower(").id(column).sql(")"),
    );
    out.sql(")");
    if (change.index.where !== undefined) writeSql(change.index.where, out.sql(" where "));
  },

  createSchema: ({ name }) => refuseSchema(name),

  createTable(change, out) {
    writeCreateTable(change, out, {
      column: writeColumn,
      hasPrimaryKey: (table) => !table.columns.some((column) => isRowId(column, table)),
      // A strict table refuses what isn't of a column's type, from every program that writes to it.
      suffix: " strict",
    });
  },

  createView(change, out) {
    if (change.view.isMaterialized) refuseMaterialized(change.view.name);
    writeCreateView(change, out);
  },

  dropCheck: refuseAlter,
  dropColumn: writeDropColumn,
  dropEnum: refuseEnum,
  dropForeignKey: refuseAlter,

  dropIndex({ index }, out) {
    if (index.fullText !== undefined) {
      writeDropFullText(index, out);
      return;
    }
    out.sql("drop index ").tolerant("if exists ").id(index.name);
  },

  dropPrimaryKey: refuseAlter,

  dropTable({ table, isReplaced, fullTexts = [] }, out) {
    if (isReplaced === true) out.sql(GUARD).next();
    for (const index of fullTexts) {
      writeDropFullText(index, out);
      out.next();
    }
    writeDropTable({ kind: "dropTable", table }, out);
  },

  dropUnique: refuseAlter,
  dropView: writeDropView,
  refreshView: ({ name }) => refuseMaterialized(name),
  renameColumn: writeRenameColumn,
  renameConstraint: refuseAlter,
  renameEnum: refuseEnum,
  renameEnumValue: refuseEnum,
  renameIndex: refuseAlter,
  renameTable,
  replaceValue: refuseAlter,

  setComment() {
    throw new UnsupportedError({
      dialect: "SQLite",
      feature: "comments on tables and columns",
      instead: "Leave the comment in the declaration, where migrations overlook it.",
    });
  },
};
