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
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { AlterColumn } from "../../../schema/change.ts";
import { isSame } from "../../../schema/same.ts";
import { conversion } from "./convert.ts";
import {
  hasTypeCheck,
  typeCheckName,
  writeColumn,
  writeDefault,
  writeIdentity,
  writeTypeCheck,
} from "./column.ts";

/** What follows `alter table`, in one statement, so that the table is locked and written once. */
function alterActions(change: AlterColumn, out: Writer): (() => void)[] {
  const { table, before, after } = change;
  const { sqlType } = out.context.types;
  const actions: (() => void)[] = [];
  const alter = (text: string, more?: () => void): void => {
    actions.push(() => {
      out.sql("alter column ").id(after.name).sql(` ${text}`);
      more?.();
    });
  };
  const isRetyped = !isSame(before.type, after.type);
  const isRewritten = sqlType(before.type) !== sqlType(after.type);
  const isRechecked = isRetyped && (hasTypeCheck(before) || hasTypeCheck(after));
  const hadDefault = before.default !== undefined && !before.isAutoIncrement;
  const hasDefault = after.default !== undefined && !after.isAutoIncrement;
  const isDefaultSame = isSame(before.default, after.default) && !isRewritten;
  if (isRechecked && hasTypeCheck(before))
    actions.push(() => out.sql("drop constraint ").id(typeCheckName(table, before.name)));
  if (before.generated !== undefined && after.generated === undefined) alter("drop expression");
  if (before.isAutoIncrement && !after.isAutoIncrement) alter("drop identity");
  // A default is not converted with its column.
  if (hadDefault && (!hasDefault || isRewritten)) alter("drop default");
  if (isRewritten) {
    const using = conversion(before, after.type);
    alter(`type ${sqlType(after.type)}`, () => using?.(out.sql(" using ")));
  }
  if (before.nullable !== after.nullable) alter(after.nullable ? "drop not null" : "set not null");
  if (hasDefault && !(hadDefault && isDefaultSame))
    alter("set default ", () => writeDefault(after, after.default!, out));
  if (isRechecked && hasTypeCheck(after))
    actions.push(() => writeTypeCheck(table, after, out.sql("add ")));
  if (!before.isAutoIncrement && after.isAutoIncrement)
    alter("add", () => writeIdentity(after.identity ?? {}, out));
  return actions;
}

/** A counter begins behind the rows that are there. */
function writeCounter({ schema, table, after }: AlterColumn, out: Writer): void {
  const { textLiteral } = out.context.spelling;
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const place = schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`;
  out.next().sql(`select setval(pg_get_serial_sequence(${textLiteral(place)}, `);
  out
    .sql(`${textLiteral(after.name)}), coalesce(max(`)
    .id(after.name)
    .sql("), 0) + 1, false) from ");
  out.qualified(schema, table);
}

function dropConstraint(
  place: { readonly schema?: string | undefined; readonly table: string },
  name: string,
  out: Writer,
): void {
  alterTable(place, out).sql("drop constraint ").id(name);
}

/** Objects that give way to others are only SQLite's. */
function refuseReplacement(): never {
  throw new UnsupportedError({
    dialect: "PostgreSQL",
    feature: "a table that takes another one's place",
    instead: "Alter the table.",
  });
}

export const postgresAlter: Omit<
  DdlRules,
  | "addForeignKey"
  | "createEnum"
  | "createIndex"
  | "createSchema"
  | "createTable"
  | "createView"
  | "dropView"
  | "refreshView"
  | "setComment"
> = {
  addCheck: writeAddCheck,

  addColumn(change, out) {
    writeAddColumn(change, out, (column) => writeColumn(column, change.table, out));
  },

  addEnumValue({ type, value, behind }, out) {
    const { textLiteral } = out.context.spelling;
    out.sql("alter type ").qualified(type.schema, type.name);
    out.sql(` add value ${textLiteral(value)}`);
    const [first] = type.values;
    if (behind !== undefined) out.sql(` after ${textLiteral(behind)}`);
    else if (first !== undefined) out.sql(` before ${textLiteral(first)}`);
  },

  addPrimaryKey: writeAddPrimaryKey,
  addUnique: writeAddUnique,

  alterColumn(change, out) {
    const actions = alterActions(change, out);
    if (actions.length === 0) return;
    alterTable(change, out);
    out.list(actions, (write) => write(), ",\n  ");
    if (!change.before.isAutoIncrement && change.after.isAutoIncrement) writeCounter(change, out);
  },

  alterEnum: refuseReplacement,

  backfill(change, out) {
    writeBackfill(change, out, () => writeDefault(change.column, change.value, out));
  },

  copyRows: refuseReplacement,

  dropCheck: (change, out) => dropConstraint(change, change.check.name, out),
  dropColumn: writeDropColumn,

  dropEnum({ type }, out) {
    out.sql("drop type ").tolerant("if exists ").qualified(type.schema, type.name);
  },

  dropForeignKey: (change, out) => dropConstraint(change, change.foreignKey.name, out),

  dropIndex({ schema, index }, out) {
    out.sql("drop index ");
    if (out.context.hasConcurrentIndexes === true) out.sql("concurrently ");
    out.tolerant("if exists ").qualified(schema, index.name);
  },

  dropPrimaryKey: (change, out) => dropConstraint(change, change.key.name, out),

  dropTable: writeDropTable,

  dropUnique: (change, out) => dropConstraint(change, change.key.name, out),
  renameColumn: writeRenameColumn,

  renameConstraint(change, out) {
    alterTable(change, out).sql("rename constraint ").id(change.from).sql(" to ").id(change.to);
  },

  renameEnum({ type, from, to }, out) {
    out.sql("alter type ").qualified(type.schema, from).sql(" rename to ").id(to);
  },

  renameEnumValue({ type, from, to }, out) {
    const { textLiteral } = out.context.spelling;
    out.sql("alter type ").qualified(type.schema, type.name);
    out.sql(` rename value ${textLiteral(from)} to ${textLiteral(to)}`);
  },

  renameIndex({ schema, from, to }, out) {
    out.sql("alter index ").qualified(schema, from).sql(" rename to ").id(to);
  },

  renameTable({ schema, toSchema, from, to }, out) {
    if (from !== to) {
      out.sql("alter table ").qualified(schema, from).sql(" rename to ").id(to);
      out.next();
    }
    if (schema === toSchema) return;
    // Of no schema is the first one in which the connection makes things.
    out.sql("alter table ").qualified(schema, to).sql(" set schema ");
    out.id(toSchema ?? "public");
  },

  replaceValue: writeReplaceValue,
};
