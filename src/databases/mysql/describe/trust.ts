/**
 * When the server is believed that a column has no NULL. MariaDB tells it with each column, and is wrong in two cases,
 * which statements made at random found: of the rows that `with rollup` adds, and of columns of subqueries and views that
 * an outer join leaves without a row.
 *
 * Of MySQL's flag it is only written that the field can't be NULL (MySQL 8.4 C API Developer Guide, "C API Basic Data
 * Structures"), not what it is computed from; so it is believed for columns of tables where nothing can add a row of NULLs.
 */

import type { ColumnOrigin } from "../../../dialect/server/description.ts";
import { isSign, isWord, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import type { Variant } from "../variant.ts";
import { isName, wordOf } from "./blocks.ts";
import { isFlagged, type PreparedColumn } from "./columns.ts";
import type { Relations } from "./relations.ts";

/** Whether a column never has NULL, for certain. */
export type Trust = (column: PreparedColumn, origin: ColumnOrigin | undefined) => boolean;

const AGGREGATE =
  /^(?:any_value|avg|bit_(?:and|or|xor)|count|group_concat|json_(?:array|object)agg|max|min|std\w*|sum|var\w*)$/;
const SETS = new Set(["except", "intersect", "union"]);

/** `left (` is a function. */
function hasOuterJoin(words: readonly SqlToken[]): boolean {
  return words.some(
    (token, at) => (isWord(token, "left") || isWord(token, "right")) && !isSign(words[at + 1], "("),
  );
}

export function trustOf(
  tokens: readonly SqlToken[],
  relations: Relations,
  { name }: Variant,
): Trust {
  const words = relations.wordsOf(tokens);
  const has = (word: string): boolean => words.some((token) => isWord(token, word));
  if (has("rollup")) return () => false;
  const isOuter = hasOuterJoin(words);
  const queries = words.filter((token) => isWord(token, "select") || isWord(token, "values"));
  if (name === "MySQL") {
    const isPlain =
      !isOuter &&
      queries.length <= 1 &&
      !words.some(
        (token, at) =>
          SETS.has(wordOf(token)) ||
          (AGGREGATE.test(wordOf(token)) && isSign(words[at + 1], "(")) ||
          (isName(token) && relations.isView(token.value)),
      );
    return (column, origin) =>
      isPlain && origin !== undefined && relations.isTable(origin) && isFlagged(column);
  }
  const isMixed = (isOuter && queries.length > 1) || relations.readsBeyond(tokens);
  return (column, origin) =>
    isFlagged(column) && (!isMixed || (origin !== undefined && relations.isTable(origin)));
}
