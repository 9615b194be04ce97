/** The DDL on which databases agree, and the pieces of which their rules are made. */

import { UnsupportedError } from "../../core/error.ts";
import type {
  ColumnModel,
  ForeignKeyModel,
  GeneratedModel,
  IndexTermModel,
  TableModel,
} from "../../schema/model.ts";
import type {
  AddForeignKey,
  CreateIndex,
  CreateSchema,
  CreateTable,
  CreateView,
  DropTable,
  DropView,
} from "../../schema/change.ts";
import { writeSql } from "./declared-text.ts";
import type { Writer } from "./writer.ts";

/** What a database says of a column after its name: type, nullability, default, counting. */
export type ColumnRule = (column: ColumnModel, table: TableModel, out: Writer) => void;

/** @param writeWords Writes what stands before the columns. */
function writeForeignKey(key: ForeignKeyModel, out: Writer, writeWords?: () => void): void {
  out.sql("constraint ").id(key.name).sql(" foreign key ");
  writeWords?.();
  out.idList(key.columns);
  out
    .sql(" references ")
    .qualified(key.targetSchema, key.target)
    .sql(" ")
    .idList(key.targetColumns);
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
  for (const { name, condition } of table.checks) {
    lines.push(() => {
      writeSql(condition, out.sql("constraint ").id(name).sql(" check ("));
      out.sql(")");
    });
  }
  if (change.hasForeignKeys) {
    for (const key of table.foreignKeys) lines.push(() => writeForeignKey(key, out));
  }
  out
    .sql("create table ")
    .tolerant("if not exists ")
    .qualified(table.schema, table.name)
    .sql(" (\n  ");
  out.list(lines, (line) => line(), ",\n  ");
  out.sql(`\n)${options.suffix}`);
}

export function writeDropTable({ schema, table }: DropTable, out: Writer): void {
  out.sql("drop table ").tolerant("if exists ").qualified(schema, table);
}

export function writeCreateSchema({ name }: CreateSchema, out: Writer): void {
  out.sql("create schema if not exists ").id(name);
}

/** @param writeWords Writes what stands before the columns. */
export function writeAddForeignKey(
  change: AddForeignKey,
  out: Writer,
  writeWords?: () => void,
): void {
  out.sql("alter table ").qualified(change.schema, change.table).sql(" add ");
  writeForeignKey(change.foreignKey, out, writeWords);
}

export function writeDropView({ schema, name, isMaterialized }: DropView, out: Writer): void {
  out.sql(isMaterialized ? "drop materialized view " : "drop view ").tolerant("if exists ");
  out.qualified(schema, name);
}

export function writeCreateView({ view }: CreateView, out: Writer): void {
  out.sql(view.isMaterialized ? "create materialized view " : "create view ");
  out.qualified(view.schema, view.name).sql(" ");
  out.idList(view.columns.map(({ name }) => name)).sql(` as ${view.text}`);
}

/**
 * The beginning of `create index`, up to the parenthesis.
 *
 * @param writeWords Writes what stands before the name.
 * @param method A word of Plinth's own, never a name.
 */
export function writeIndexStart(
  { table, index }: CreateIndex,
  out: Writer,
  writeWords?: () => void,
  method?: string,
): void {
  out.sql(index.isUnique ? "create unique index " : "create index ");
  writeWords?.();
  out.id(index.name);
  out.sql(" on ").qualified(table.schema, table.name);
  out.sql(method === undefined ? " (" : ` using ${method} (`);
}

/** Refuses what only PostgreSQL knows of an index: it would be another one. */
export function refuseIndexMethod({ index }: CreateIndex, dialect: string): void {
  const feature =
    index.method !== undefined
      ? `an index by ${index.method}`
      : index.included !== undefined
        ? "an index that includes other columns"
        : index.terms.some((term) => term.operatorClass !== undefined)
          ? "an operator class of an index"
          : undefined;
  if (feature === undefined) return;
  throw new UnsupportedError({
    dialect,
    feature: `${feature} ("${index.name}")`,
    instead: "Declare a plain index(), or make it in a migration of that database alone.",
  });
}

/**
 * @param after What follows the term.
 * @param writeFolded Writes a column as it is compared without regard to case.
 */
export function writeIndexTerms(
  { index }: CreateIndex,
  out: Writer,
  after: (term: IndexTermModel) => string,
  writeFolded?: (column: string) => void,
): void {
  out.list(index.terms, (term) => {
    if ("column" in term) {
      if (term.isFolded === true && writeFolded !== undefined) writeFolded(term.column);
      else out.id(term.column);
    } else {
      writeSql(term.sql, out.sql("("));
      out.sql(")");
    }
    out.sql(after(term));
  });
}

export function writeGenerated({ sql, isStored }: GeneratedModel, out: Writer): void {
  writeSql(sql, out.sql(" generated always as ("));
  out.sql(isStored ? ") stored" : ") virtual");
}
