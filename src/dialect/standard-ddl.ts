/** The DDL on which databases agree, and the pieces of which their rules are made. */

import type { ColumnModel, ForeignKeyModel, TableModel } from "../schema/model.ts";
import type { CreateTable, DropTable } from "../schema/change.ts";
import { checkerOf } from "./type-map.ts";
import type { Writer } from "./writer.ts";

/** What a database says of a column after its name: type, nullability, default, counting. */
export type ColumnRule = (column: ColumnModel, table: TableModel, out: Writer) => void;

export function writeForeignKey(key: ForeignKeyModel, out: Writer): void {
  out.sql("constraint ").id(key.name).sql(" foreign key ").idList(key.columns);
  out.sql(" references ").id(key.target).sql(" ").idList(key.targetColumns);
  if (key.onDelete !== "no action") out.sql(` on delete ${key.onDelete}`);
  if (key.onUpdate !== "no action") out.sql(` on update ${key.onUpdate}`);
}

export interface CreateTableOptions {
  readonly column: ColumnRule;
  /** False where the rule of the column writes the primary key itself. */
  readonly hasPrimaryKey: (table: TableModel) => boolean;
  /** What follows the closing parenthesis. */
  readonly suffix: string;
}

export function writeCreateTable(
  change: CreateTable,
  out: Writer,
  options: CreateTableOptions,
): void {
  const { table } = change;
  const lines: (() => void)[] = table.columns.map((column) => () => {
    out.id(column.name).sql(" ");
    options.column(column, table, out);
  });
  const { primaryKey } = table;
  if (primaryKey !== undefined && options.hasPrimaryKey(table)) {
    lines.push(() =>
      out.sql("constraint ").id(primaryKey.name).sql(" primary key ").idList(primaryKey.columns),
    );
  }
  for (const key of table.uniques) {
    lines.push(() => out.sql("constraint ").id(key.name).sql(" unique ").idList(key.columns));
  }
  if (change.hasForeignKeys) {
    for (const key of table.foreignKeys) lines.push(() => writeForeignKey(key, out));
  }
  out.sql("create table ").id(table.name).sql(" (\n  ");
  out.list(lines, (line) => line(), ",\n  ");
  out.sql(`\n)${options.suffix}`);
}

export function writeDropTable(change: DropTable, out: Writer): void {
  out.sql("drop table ").id(change.table);
}

/** The literal of a default, stored as a bound value would be. */
export function writeDefaultValue(
  column: ColumnModel,
  value: string | number | boolean,
  out: Writer,
): void {
  const { types, spelling } = out.context;
  const stored =
    types.store(column.type)?.(checkedDefault(column, value)) ?? checkedDefault(column, value);
  if (stored instanceof Uint8Array)
    out.sql(spelling.bytesLiteral(Buffer.from(stored).toString("hex")));
  else if (typeof stored === "string") out.sql(spelling.textLiteral(stored));
  else out.sql(String(stored));
}

/** A model keeps bigints, instants, bytes and JSON as text; the check wants what a program would write. */
function checkedDefault({ type }: ColumnModel, value: string | number | boolean): unknown {
  if (type.kind === "json") return value;
  if (type.kind === "bigint" && type.mode === "bigint") return checkerOf(type)(BigInt(value));
  if (type.kind === "bytes")
    return checkerOf(type)(new Uint8Array(Buffer.from(String(value), "hex")));
  if (type.kind === "timestamp" && type.mode === "date")
    return checkerOf(type)(new Date(String(value)));
  return checkerOf(type)(value);
}
