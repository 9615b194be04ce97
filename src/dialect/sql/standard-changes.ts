/** Changes of tables that exist, on which databases agree. */

import type {
  AddCheck,
  AddColumn,
  AddPrimaryKey,
  AddUnique,
  Backfill,
  DropColumn,
  RenameColumn,
  ReplaceValue,
} from "../../schema/change.ts";
import type { ColumnModel } from "../../schema/model.ts";
import { writeSql } from "./declared-text.ts";
import type { Writer } from "./writer.ts";

/** `alter table …`, with a space behind it. */
export function alterTable(
  place: { readonly schema?: string | undefined; readonly table: string },
  out: Writer,
): Writer {
  return out.sql("alter table ").qualified(place.schema, place.table).sql(" ");
}

export function writeAddColumn(
  change: AddColumn,
  out: Writer,
  writeColumn: (column: ColumnModel) => void,
): void {
  alterTable(change, out).sql("add column ").id(change.column.name).sql(" ");
  writeColumn(change.column);
}

export function writeDropColumn(change: DropColumn, out: Writer): void {
  alterTable(change, out).sql("drop column ").id(change.column.name);
}

export function writeRenameColumn(change: RenameColumn, out: Writer): void {
  alterTable(change, out).sql("rename column ").id(change.from).sql(" to ").id(change.to);
}

export function writeAddPrimaryKey(change: AddPrimaryKey, out: Writer): void {
  const { name, columns } = change.key;
  alterTable(change, out).sql("add constraint ").id(name).sql(" primary key ").idList(columns);
}

export function writeAddUnique({ table, key }: AddUnique, out: Writer): void {
  alterTable({ schema: table.schema, table: table.name }, out);
  out.sql("add constraint ").id(key.name).sql(" unique ").idList(key.columns);
}

export function writeAddCheck(change: AddCheck, out: Writer): void {
  alterTable(change, out).sql("add constraint ").id(change.check.name).sql(" check (");
  writeSql(change.check.condition, out);
  out.sql(")");
}

/** @param writeValue Writes the expression of the default. */
export function writeBackfill(change: Backfill, out: Writer, writeValue: () => void): void {
  out.sql("update ").qualified(change.schema, change.table).sql(" set ").id(change.column.name);
  out.sql(" = ");
  writeValue();
  out.sql(" where ").id(change.column.name).sql(" is null");
}

export function writeReplaceValue(change: ReplaceValue, out: Writer): void {
  const { textLiteral } = out.context.spelling;
  out.sql("update ").qualified(change.schema, change.table).sql(" set ").id(change.column);
  out.sql(` = ${textLiteral(change.to)} where `).id(change.column);
  out.sql(` = ${textLiteral(change.from)}`);
}
