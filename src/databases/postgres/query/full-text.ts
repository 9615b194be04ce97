/** Full-text search by a GIN index of an expression, which queries repeat. */

import {
  nodeOf,
  type CallNode,
  type ColumnNode,
  type ParameterNode,
} from "../../../ast/expression.ts";
import type { FullTextFunctionName } from "../../../ast/function-name.ts";
import type { CallRules } from "../../../dialect/sql/rules.ts";
import { searchEncoder, type SearchSpelling } from "../../../dialect/values/search-words.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import { fullTextOf } from "../../../schema/full-text.ts";
import type { IndexModel } from "../../../schema/model.ts";

/** Spaces instead, so that the server's parser sees no addresses, numbers with signs or words with hyphens. */
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

const SPELLING: SearchSpelling = {
  word: (word) => `'${word}'`,
  prefix: (word) => `'${word}':*`,
  separator: " & ",
  nothing: "",
};

function writeLanguage(language: string, out: Writer): void {
  out.sql(`'${language}'::regconfig`);
}

function writeVector(columns: readonly (() => void)[], language: string, out: Writer): void {
  out.sql("to_tsvector(");
  writeLanguage(language, out);
  out.sql(", translate(");
  out.list(
    columns,
    (write) => {
      out.sql("coalesce(");
      write();
      out.sql(", '')");
    },
    " || ' ' || ",
  );
  out.sql(
    `, ${out.context.spelling.textLiteral(PUNCTUATION)}, '${" ".repeat(PUNCTUATION.length)}'))`,
  );
}

/** The term of the index, up to the end of its parenthesis. */
export function writeFullTextTerm({ columns, fullText }: IndexModel, out: Writer): void {
  const terms = columns.map((column) => () => void out.id(column));
  writeVector(terms, fullText!.language, out.sql("("));
  out.sql("))");
}

const TERM = /^\W*to_tsvector\('(\w+)'::regconfig, translate\(/i;

/** The language of such a term, as the catalogue has it; undefined of any other expression. */
export function languageOfTerm(text: string): string | undefined {
  return text.includes(PUNCTUATION.replaceAll("'", "''")) ? TERM.exec(text)?.[1] : undefined;
}

function writeSearch(
  { arguments: all, option }: CallNode<unknown, string>,
  between: string,
  out: Writer,
): void {
  const columns = all.slice(0, -1) as ColumnNode<unknown, string>[];
  const { language } = fullTextOf(columns)!;
  writeVector(
    columns.map((column) => () => void out.column(column)),
    language,
    out,
  );
  out.sql(`${between}to_tsquery(`);
  writeLanguage(language, out);
  out.sql(", ");
  out.parameter(nodeOf(all.at(-1)!) as ParameterNode, searchEncoder(SPELLING, option)).sql(")");
}

export const postgresFullText: CallRules<FullTextFunctionName> = {
  match(node, out) {
    out.sql("(");
    writeSearch(node, " @@ ", out);
    out.sql(")");
  },

  matchRank(node, out) {
    out.sql("cast(ts_rank(");
    writeSearch(node, ", ", out);
    out.sql(") as double precision)");
  },
};
