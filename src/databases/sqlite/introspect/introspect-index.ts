/** An index from the text that made it. */

import {
  closingOf,
  isSign,
  isWord,
  tokensOf,
  type SqlToken,
} from "../../../dialect/text/sql-tokens.ts";
import type { IndexModel, IndexTermModel } from "../../../schema/model.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";

/** What an index knows of its table. */
export interface IndexedTable {
  /** The text with the table's columns told. */
  sqlOf(text: string): SqlModel;
  isCaseInsensitive(column: string): boolean;
}

function termOf(text: string, table: IndexedTable): IndexTermModel {
  const tokens = tokensOf(text, { hasBrackets: true });
  const last = tokens.at(-1)!;
  const isDescending = isWord(last, "desc");
  const direction = isDescending ? "desc" : "asc";
  const inner = isDescending || isWord(last, "asc") ? text.slice(0, last.start).trim() : text;
  const sql = table.sqlOf(inner);
  const [first, second, ...rest] = sql;
  if (typeof first === "object" && "column" in first && second === undefined)
    return { column: first.column, direction };
  const isFolded =
    typeof second === "object" &&
    "column" in second &&
    table.isCaseInsensitive(second.column) &&
    first === "lower(" &&
    rest.length === 1 &&
    rest[0] === ")";
  return isFolded
    ? { column: second.column, isFolded: true, direction }
    : { sql: unwrapped(sql), direction };
}

/** Without the parentheses that stand around an expression in an index. */
function unwrapped(sql: SqlModel): SqlModel {
  const first = sql[0];
  const last = sql.at(-1);
  if (typeof first !== "string" || typeof last !== "string") return sql;
  const text = sql.map((part) => (typeof part === "string" ? part : '"x"')).join("");
  const tokens = tokensOf(text);
  if (!isSign(tokens[0], "(") || closingOf(tokens, 0) !== tokens.length - 1) return sql;
  if (sql.length === 1) return [first.slice(1, -1)];
  const inner = [first.slice(1), ...sql.slice(1, -1), last.slice(0, -1)];
  return inner.filter((part) => part !== "");
}

function splitTerms(
  text: string,
  tokens: readonly SqlToken[],
  open: number,
  close: number,
): string[] {
  const terms: string[] = [];
  let from = tokens[open]!.end;
  let depth = 0;
  for (let at = open + 1; at <= close; at++) {
    const token = tokens[at]!;
    if (isSign(token, "(")) depth++;
    else if (isSign(token, ")") && at < close) depth--;
    if (at < close && (depth > 0 || !isSign(token, ","))) continue;
    terms.push(text.slice(from, token.start).trim());
    from = token.end;
  }
  return terms;
}

export function parseIndex(name: string, text: string, table: IndexedTable): IndexModel {
  const tokens = tokensOf(text, { hasBrackets: true });
  const open = tokens.findIndex((token) => isSign(token, "("));
  const close = closingOf(tokens, open);
  const terms = splitTerms(text, tokens, open, close).map((term) => termOf(term, table));
  const where = tokens[close + 1];
  return {
    name,
    columns: terms.flatMap((term) => ("column" in term ? [term.column] : [])),
    isUnique: isWord(tokens[1], "unique"),
    terms,
    where: isWord(where, "where") ? table.sqlOf(text.slice(where!.end).trim()) : undefined,
  };
}
