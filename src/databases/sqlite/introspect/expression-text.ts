/** An expression as a table's text has it, with its columns told. */

import {
  isSign,
  isWord,
  sqlModelOf,
  tokensOf,
  type SqlToken,
} from "../../../dialect/text/sql-tokens.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";

export interface ExpressionPlace {
  readonly table: string;
  /** The column that a name stands for, as it is spelt; undefined where there is none. */
  nameOf(name: string): string | undefined;
}

const STYLE = { hasBrackets: true };

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Long ago SQLite took a quoted name that nothing has for a text, and what was made so is read so to this day. */
function isQuotedText(
  tokens: readonly SqlToken[],
  at: number,
  { nameOf }: ExpressionPlace,
): boolean {
  const token = tokens[at]!;
  if (token.kind !== "name" || !token.text.startsWith('"')) return false;
  const before = tokens[at - 1];
  const after = tokens[at + 1];
  if (isSign(before, ".") || isSign(after, ".") || isSign(after, "(")) return false;
  return !isWord(before, "as") && !isWord(before, "collate") && nameOf(token.value) === undefined;
}

/** Whether it is the table's own name before a column, which a copy of the table has another one of. */
function isOwnTable(tokens: readonly SqlToken[], at: number, place: ExpressionPlace): boolean {
  const token = tokens[at]!;
  const column = tokens[at + 2];
  return (
    (token.kind === "name" || token.kind === "word") &&
    token.value.toLowerCase() === place.table.toLowerCase() &&
    isSign(tokens[at + 1], ".") &&
    !isSign(tokens[at - 1], ".") &&
    column !== undefined &&
    place.nameOf(column.value) !== undefined
  );
}

function inPlainWords(text: string, place: ExpressionPlace): string {
  const tokens = tokensOf(text, STYLE);
  let plain = "";
  let from = 0;
  for (const [at, token] of tokens.entries()) {
    const isText = isQuotedText(tokens, at, place);
    if (!isText && !isOwnTable(tokens, at, place)) continue;
    plain += text.slice(from, token.start) + (isText ? literal(token.value) : "");
    from = isText ? token.end : tokens[at + 1]!.end;
  }
  return plain + text.slice(from);
}

const BEFORE_OPERANDS: ReadonlySet<string> = new Set(
  "and between case else escape glob in is like match not or regexp then when".split(" "),
);

function awaitsOperand(token: SqlToken | undefined): boolean {
  if (token?.kind === "sign") return token.text !== ")";
  return token?.kind === "word" && BEFORE_OPERANDS.has(token.text.toLowerCase());
}

/** Where words stand that may be names of columns elsewhere: the end of a case, a collation, the type of a cast. */
function keywordsIn(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  let cases = 0;
  let previous: SqlToken | undefined;
  for (const token of tokensOf(text, STYLE)) {
    const isEnd = cases > 0 && isWord(token, "end") && !awaitsOperand(previous);
    if (isWord(token, "case")) cases++;
    if (isEnd) cases--;
    if (isEnd || isWord(previous, "as") || isWord(previous, "collate")) found.add(token.start);
    previous = token;
  }
  return found;
}

export function expressionOf(given: string, place: ExpressionPlace): SqlModel {
  const text = inPlainWords(given, place);
  const keywords = keywordsIn(text);
  const nameOf = (token: SqlToken): string | undefined =>
    keywords.has(token.start) ? undefined : place.nameOf(token.value);
  return sqlModelOf(text, { ...STYLE, nameOf });
}

/** A default names no column, so that every name in it is a text, with quotes or without. */
export function textOfDefault(text: string): string {
  const tokens = tokensOf(text, STYLE);
  const [token, second] = tokens;
  if (token?.kind === "word" && second === undefined && !KEYWORDS.has(token.text.toLowerCase()))
    return literal(token.text);
  return inPlainWords(text, { table: "", nameOf: () => undefined });
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "current_date",
  "current_time",
  "current_timestamp",
  "false",
  "null",
  "true",
]);
