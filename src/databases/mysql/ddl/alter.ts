/** Changes of what exists. */

import { UnsupportedError } from "../../../core/error.ts";
import type { DdlRules } from "../../../dialect/sql/rules.ts";
import {
  alterTable,
  writeAddCheck,
  writeAddColumn,
  writeAddPrimaryKey,
  writeAddUnique,
  writeBackfill,
  writeDropColumn,
  writeRenameColumn,
  writeReplaceValue,
} from "../../../dialect/sql/standard-changes.ts";
import { writeDropTable } from "../../../dialect/sql/standard-ddl.ts";
import type { AlterColumn } from "../../../schema/change.ts";
import { tableComment, writeColumn, writeDefault } from "./column.ts";
import type { Variant } from "../variant.ts";

/** The bytes of a UUID are no text, and the server would take them for one. */
function refuseConversion({ table, before, after }: AlterColumn, variant: Variant): void {
  if (variant.uuid === "uuid" || (before.type.kind === "uuid") === (after.type.kind === "uuid"))
    return;
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `turning "${table}"."${after.name}" into ${after.type.kind} from ${before.type.kind}`,
    instead: "Add a column of another name, fill it with bin_to_uuid(…), and drop this one.",
  });
}

export function mysqlAlter(
  variant: Variant,
): Omit<
  DdlRules,
  | "addForeignKey"
  | "createIndex"
  | "createSchema"
  | "createTable"
  | "createView"
  | "dropView"
  | "refreshView"
> {
  const refuse = (feature: string, instead: string): never => {
    throw new UnsupportedError({ dialect: variant.name, feature, instead });
  };
  const refuseEnum = (): never =>
    refuse(
      "types of their own for enums",
      "Declare the column with enumType(); its labels stand in the table.",
    );
  const refuseReplacement = (): never =>
    refuse("a table that takes another one's place", "Alter the table.");
  return {
    addCheck: writeAddCheck,

    addColumn(change, out) {
      writeAddColumn(change, out, (column) => writeColumn(column, variant, out));
      // The server wants a key at once for what it counts up.
      if (change.column.isAutoIncrement) out.sql(" primary key");
    },

    addEnumValue: refuseEnum,
    addPrimaryKey: writeAddPrimaryKey,
    addUnique: writeAddUnique,

    /** The whole column is said again; every attribute that isn't repeated would be lost. */
    alterColumn(change, out) {
      refuseConversion(change, variant);
      alterTable(change, out).sql("modify column ").id(change.after.name).sql(" ");
      writeColumn(change.after, variant, out);
    },

    alterEnum: refuseEnum,

    backfill(change, out) {
      writeBackfill(change, out, () => writeDefault(change.column, change.value, variant, out));
    },

    copyRows: refuseReplacement,
    createEnum: refuseEnum,

    dropCheck(change, out) {
      const word = variant.name === "MariaDB" ? "constraint" : "check";
      alterTable(change, out).sql(`drop ${word} `).id(change.check.name);
    },

    dropColumn: writeDropColumn,
    dropEnum: refuseEnum,

    dropForeignKey(change, out) {
      alterTable(change, out).sql("drop foreign key ");
      if (variant.hasIfExists) out.tolerant("if exists ");
      out.id(change.foreignKey.name);
    },

    dropIndex(change, out) {
      alterTable(change, out).sql("drop index ");
      if (variant.hasIfExists) out.tolerant("if exists ");
      out.id(change.index.name);
    },

    dropPrimaryKey(change, out) {
      alterTable(change, out).sql("drop primary key");
    },

    dropTable: writeDropTable,

    dropUnique(change, out) {
      alterTable(change, out).sql("drop index ").id(change.key.name);
    },

    renameColumn: writeRenameColumn,

    /** A primary key has no name of its own. Others than uniques are dropped and added. */
    renameConstraint(change, out) {
      if (change.of === "primaryKey") return;
      alterTable(change, out).sql("rename index ").id(change.from).sql(" to ").id(change.to);
    },

    renameEnum: refuseEnum,
    renameEnumValue: refuseEnum,

    renameIndex(change, out) {
      alterTable(change, out).sql("rename index ").id(change.from).sql(" to ").id(change.to);
    },

    renameTable({ schema, toSchema, from, to }, out) {
      out.sql("rename table ").qualified(schema, from).sql(" to ").qualified(toSchema, to);
    },

    replaceValue: writeReplaceValue,

    setComment(change, out) {
      if (change.column !== undefined)
        refuse(
          "a comment on a column that is a statement of its own",
          "Alter the column, which bears it.",
        );
      const text = tableComment(change.comment, variant);
      alterTable(change, out).sql(text === "" ? "comment = ''" : text.trim());
    },
  };
}
