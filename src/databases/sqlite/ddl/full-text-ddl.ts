/**
 * The table of FTS5 that a full-text index is here, and the triggers by which every program that writes to the table keeps
 * it. It holds no texts, so that it can't contradict them: what `replace` drops without a trigger leaves words of a row
 * that is there no more, and a row that takes its number takes their place.
 */

import { UnsupportedError } from "../../../core/error.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { CreateIndex } from "../../../schema/change.ts";
import type { IndexModel, TableModel } from "../../../schema/model.ts";
import { refuseLanguage, rowNumberName } from "../query/full-text.ts";

export const TRIGGERS = ["insert", "update", "delete"] as const;

export function triggerName(index: string, event: (typeof TRIGGERS)[number]): string {
  return `${index}__${event}`;
}

/** VACUUM gives rows other numbers in a table without any key. Source: sqlite.org/lang_vacuum.html. */
function refuseKeyless({ name, primaryKey, uniques }: TableModel): void {
  if (primaryKey !== undefined || uniques.length > 0) return;
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: `a full-text index of a table without a key ("${name}")`,
    instead: "Give the table a primary key.",
  });
}

/** Columns of its own names, so that those of the table may get others. */
function writeInto(index: IndexModel, out: Writer): void {
  out.sql("insert into ").id(index.name).sql(" (rowid, ");
  out.list(index.columns, (_, place) => out.sql(`words_${place + 1}`)).sql(") ");
}

export function writeFullTextTable({ index, table }: CreateIndex, out: Writer): void {
  const { columns, fullText, name } = index;
  refuseLanguage(fullText!.language, name);
  refuseKeyless(table);
  const rowNumber = rowNumberName(table.columns.map((column) => column.name));
  const writeRow = (row: "new" | "old" | undefined): void => {
    const prefix = row === undefined ? "" : `${row}.`;
    out.list([rowNumber, ...columns], (column) => out.sql(prefix).id(column));
  };
  const writeForget = (row: "new" | "old"): void => {
    out.sql("\n  delete from ").id(name).sql(` where rowid = ${row}.`).id(rowNumber).sql(";");
  };
  const writeAdd = (): void => {
    out.sql("\n  ");
    writeInto(index, out);
    out.sql("values (");
    writeRow("new");
    out.sql(");");
  };
  out.sql("create virtual table ").id(name).sql(" using fts5 (");
  out.list(columns, (_, place) => out.sql(`words_${place + 1}`));
  out
    .sql(", content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0')")
    .next();
  writeInto(index, out);
  out.sql("select ");
  writeRow(undefined);
  out.sql(" from ").id(table.name).next();
  for (const event of TRIGGERS) {
    out
      .sql("create trigger ")
      .id(triggerName(name, event))
      .sql(` after ${event} on `)
      .id(table.name);
    if (event === "update") {
      out.sql(" when ");
      out.list(
        [rowNumber, ...columns],
        (column) => out.sql("old.").id(column).sql(" is not new.").id(column),
        " or ",
      );
    }
    out.sql(" begin");
    if (event !== "insert") writeForget("old");
    if (event !== "delete") {
      writeForget("new");
      writeAdd();
    }
    out.sql("\nend").next();
  }
}

export function writeDropFullText({ name }: IndexModel, out: Writer): void {
  for (const event of TRIGGERS)
    out.sql("drop trigger if exists ").id(triggerName(name, event)).next();
  out.sql("drop table ").tolerant("if exists ").id(name);
}
