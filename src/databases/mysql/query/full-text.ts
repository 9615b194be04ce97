/**
 * Full-text search by an index of InnoDB's over a column that the server computes. In it each word begins with two letters
 * of Plinth's own and no letter is a capital, so that neither the least length of a word, nor the server's stop words,
 * nor the collation of the texts take part. Source: MySQL 8.4 manual, "Fine-Tuning MySQL Full-Text Search".
 */

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
import type { CreateIndex } from "../../../schema/change.ts";
import { fullTextOf, PLAIN_LANGUAGE } from "../../../schema/full-text.ts";
import {
  fullTextName,
  type ColumnModel,
  type IndexModel,
  type TableModel,
} from "../../../schema/model.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";
import type { Variant } from "../variant.ts";

/** No word of any language that a server leaves out begins with it. */
const MARK = "zz";

/** What stands between words, which PCRE and ICU, MariaDB's and MySQL's, read alike. */
const BETWEEN = "(?:[^\\p{L}\\p{N}\\p{M}]\\p{M}*)+";

const SPELLING: SearchSpelling = {
  word: (word) => `+"${MARK}${word}"`,
  prefix: (word) => `+${MARK}${word}*`,
  separator: " ",
  nothing: "",
};

function refuseLanguage(language: string, name: string, variant: Variant): void {
  if (language === PLAIN_LANGUAGE) return;
  throw new UnsupportedError({
    dialect: variant.name,
    feature: `a full-text index in a language ("${name}")`,
    instead: "Leave the language out: words are found as they are.",
  });
}

/** Its pattern has backslashes, which a literal in hexadecimal keeps in every session. */
function utf8(text: string): string {
  return `convert(x'${Buffer.from(text).toString("hex")}' using utf8mb4)`;
}

function wordsSql(columns: readonly string[], { collation, folding }: Variant): SqlModel {
  return [
    "regexp_replace(lower(concat_ws(' ', ''",
    ...columns.flatMap((column) => [", convert(", { column }, " using utf8mb4)"]),
    `) collate ${folding}), ${utf8(BETWEEN)}, ' ${MARK}') collate ${collation}`,
  ];
}

/** Whether it is what such a column holds, as the catalogue has it. */
export function isWordsExpression(text: string): boolean {
  return text.startsWith("regexp_replace(") && text.includes(`' ${MARK}'`);
}

/** What the server computes of the texts, for each full-text index of the table. */
export function wordsColumns(table: TableModel, variant: Variant): ColumnModel[] {
  return table.indexes
    .filter(({ fullText }) => fullText !== undefined)
    .map(({ name, columns }) => ({
      name,
      type: { kind: "text", length: undefined },
      nullable: true,
      isAutoIncrement: false,
      default: undefined,
      generated: { sql: wordsSql(columns, variant), isStored: true },
    }));
}

export function withWordsTerm(index: IndexModel): IndexModel {
  const { name } = index;
  return { ...index, columns: [name], terms: [{ column: name, direction: "asc" }] };
}

export function writeFullTextIndex(
  { index, table }: CreateIndex,
  variant: Variant,
  out: Writer,
): void {
  const { columns, fullText, name } = index;
  refuseLanguage(fullText!.language, name, variant);
  out.sql("create fulltext index ").id(name).sql(" on ").qualified(table.schema, table.name);
  out.sql(" ").idList(columns);
}

function writeSearch(
  { arguments: all, option }: CallNode<unknown, string>,
  variant: Variant,
  out: Writer,
): void {
  const columns = all.slice(0, -1) as ColumnNode<unknown, string>[];
  const spec = fullTextOf(columns)!;
  const name = fullTextName(spec, columns[0]!.source, out.context.names);
  refuseLanguage(spec.language, name, variant);
  out.sql("match(").column(columns[0]!, () => name);
  out.sql(") against (lower(convert(");
  out.parameter(nodeOf(all.at(-1)!) as ParameterNode, searchEncoder(SPELLING, option));
  out.sql(` using utf8mb4) collate ${variant.folding}) in boolean mode)`);
}

export function mysqlFullText(variant: Variant): CallRules<FullTextFunctionName> {
  return {
    match(node, out) {
      out.sql("(");
      writeSearch(node, variant, out);
      out.sql(" > 0)");
    },

    matchRank(node, out) {
      writeSearch(node, variant, out);
    },
  };
}
