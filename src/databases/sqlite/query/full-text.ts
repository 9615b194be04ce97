/** Full-text search by a table of FTS5 beside the table, which triggers keep. It knows rows by their number. */

import {
  nodeOf,
  type CallNode,
  type ColumnNode,
  type ParameterNode,
} from "../../../ast/expression.ts";
import type { FullTextFunctionName } from "../../../ast/function-name.ts";
import { UnsupportedError } from "../../../core/error.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { searchEncoder, type SearchSpelling } from "../../../dialect/values/search-words.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { fullTextOf, PLAIN_LANGUAGE } from "../../../schema/full-text.ts";
import { fullTextName } from "../../../schema/model.ts";
import type { TableInfo } from "../../../schema/table.ts";

const SPELLING: SearchSpelling = {
  word: (word) => `"${word}"`,
  prefix: (word) => `"${word}"*`,
  separator: " ",
  nothing: '""',
};

export function refuseLanguage(language: string, name: string): void {
  if (language === PLAIN_LANGUAGE) return;
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: `a full-text index in a language ("${name}")`,
    instead: "Leave the language out: words are found as they are.",
  });
}

/** A name of the row's number that no column has taken. Source: sqlite.org/lang_createtable.html#rowid. */
export function rowNumberName(columns: readonly string[]): string {
  const taken = new Set(columns.map((name) => name.toLowerCase()));
  const free = ["rowid", "_rowid_", "oid"].find((name) => !taken.has(name));
  if (free !== undefined) return free;
  throw new UnsupportedError({
    dialect: "SQLite",
    feature: 'a full-text index of a table with columns "rowid", "_rowid_" and "oid"',
    instead: "Give one of these columns another name.",
  });
}

interface Search {
  readonly column: ColumnNode<unknown, string>;
  /** Of the table of the words. */
  readonly name: string;
  readonly rowNumber: string;
  writeWords(): void;
}

function searchOf({ arguments: all, option }: CallNode<unknown, string>, out: Writer): Search {
  const columns = all.slice(0, -1) as ColumnNode<unknown, string>[];
  const [column] = columns;
  const { names } = out.context;
  const spec = fullTextOf(columns)!;
  const name = fullTextName(spec, column!.source, names);
  refuseLanguage(spec.language, name);
  // `fullTextOf` finds indexes of declared tables only.
  const table = column!.source as TableInfo;
  const words = nodeOf(all.at(-1)!) as ParameterNode;
  return {
    column: column!,
    name,
    rowNumber: rowNumberName(table.columns.map((one) => names.column(one))),
    writeWords: () => out.parameter(words, searchEncoder(SPELLING, option)),
  };
}

export const sqliteFullText: CallRules<FullTextFunctionName> = {
  // Of a row that an outer join left out the number is NULL, and the condition false.
  match(node, out) {
    const { column, name, rowNumber, writeWords } = searchOf(node, out);
    out.sql("(").column(column, () => rowNumber);
    out.sql(" in (select rowid from ").id(name).sql(" where ").id(name).sql(" match ");
    writeWords();
    out
      .sql(") and ")
      .column(column, () => rowNumber)
      .sql(" is not null)");
  },

  // Made once for all rows: asked for one row, FTS5 would count the words of all again.
  matchRank(node, out) {
    const { column, name, rowNumber, writeWords } = searchOf(node, out);
    out.sql("coalesce((with plinth_ranks as materialized (select rowid as row_number, -bm25(");
    out.id(name).sql(") as rank from ").id(name).sql(" where ").id(name).sql(" match ");
    writeWords();
    out.sql(") select plinth_ranks.rank from plinth_ranks where plinth_ranks.row_number = ");
    out.scope([], () => out.column(column, () => rowNumber), true);
    out.sql("), 0.0)");
  },
};
