/** An expression as the server writes it, with its columns told. */

import {
  closingOf,
  isSign,
  isWord,
  sqlModelOf,
  tokensOf,
  withoutParentheses,
  type SqlToken,
} from "../../../dialect/text/sql-tokens.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";

/** The brackets that close those at `open`. */
function closingBracket(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (isSign(tokens[at], "[")) depth++;
    else if (isSign(tokens[at], "]") && --depth === 0) return at;
  }
  return tokens.length - 1;
}

/** The elements between brackets, as they stand. */
function elementsOf(
  text: string,
  tokens: readonly SqlToken[],
  open: number,
  close: number,
): string[] {
  const elements: string[] = [];
  let from = tokens[open]!.end;
  let depth = 0;
  for (let at = open + 1; at <= close; at++) {
    const token = tokens[at]!;
    if (isSign(token, "(") || isSign(token, "[")) depth++;
    else if (at < close && (isSign(token, ")") || isSign(token, "]"))) depth--;
    if (at < close && (depth > 0 || !isSign(token, ","))) continue;
    elements.push(text.slice(from, token.start).trim());
    from = token.end;
  }
  return elements;
}

/** A cast of a whole array, `(ARRAY[…])::text[]`, at the parenthesis that opens it. */
function castArrayAt(
  text: string,
  tokens: readonly SqlToken[],
  open: number,
): { readonly plain: string; readonly next: number } | undefined {
  if (!isSign(tokens[open], "(") || !isWord(tokens[open + 1], "array")) return undefined;
  const start = open + 2;
  const end = closingBracket(tokens, start);
  const close = closingOf(tokens, open);
  if (!isSign(tokens[start], "[") || end + 1 !== close) return undefined;
  if (!isSign(tokens[close + 1], ":") || !isSign(tokens[close + 2], ":")) return undefined;
  let brackets = close + 3;
  while (tokens[brackets]?.kind === "word" || tokens[brackets]?.kind === "name") brackets++;
  if (brackets === close + 3 || !isSign(tokens[brackets], "[")) return undefined;
  const type = text.slice(tokens[close + 3]!.start, tokens[brackets]!.start);
  const elements = elementsOf(text, tokens, start, end).map((one) => `(${one})::${type}`);
  return { plain: `ARRAY[${elements.join(", ")}]`, next: closingBracket(tokens, brackets) + 1 };
}

/**
 * The server writes `(ARRAY['a'::character varying])::text[]` of a list that it was given, and casts each element where it
 * reads that again: as it would write it then, so that it says the same after the next time.
 */
export function settled(text: string): string {
  if (!text.includes("(ARRAY[")) return text;
  const tokens = tokensOf(text);
  let plain = "";
  let from = 0;
  for (let at = 0; at < tokens.length; at++) {
    const found = castArrayAt(text, tokens, at);
    if (found === undefined) continue;
    plain += text.slice(from, tokens[at]!.start) + found.plain;
    from = tokens[found.next - 1]!.end;
    at = found.next - 1;
  }
  return plain + text.slice(from);
}

/** Words of types that the server quotes where they are names of columns. */
const TYPE_WORDS: ReadonlySet<string> = new Set([
  "bit",
  "boolean",
  "char",
  "character",
  "interval",
  "numeric",
  "precision",
  "real",
  "time",
  "timestamp",
]);

/** Whether a word that stands without quotes belongs to a type, as `zone` does in `timestamp without time zone`. */
function isOfType(tokens: readonly SqlToken[], at: number): boolean {
  const { text } = tokens[at]!;
  const before = tokens[at - 1];
  return (
    TYPE_WORDS.has(text) ||
    (text === "zone" && isWord(before, "time")) ||
    (text === "varying" && (isWord(before, "character") || isWord(before, "bit"))) ||
    ((text === "without" || text === "with") && isWord(tokens[at + 1], "time"))
  );
}

/** @param columns The names of the table's. */
export function expressionOf(given: string, columns: ReadonlySet<string>): SqlModel {
  const text = withoutParentheses(settled(given));
  const tokens = tokensOf(text);
  const ofTypes = new Set(
    tokens.flatMap((token, at) =>
      token.kind === "word" && isOfType(tokens, at) ? [token.start] : [],
    ),
  );
  // The server's own words are in capital letters, which a column has only in quotes.
  const nameOf = ({ kind, start, value }: SqlToken): string | undefined =>
    columns.has(value) && !(kind === "word" && (/[A-Z]/.test(value) || ofTypes.has(start)))
      ? value
      : undefined;
  return sqlModelOf(text, { nameOf });
}
