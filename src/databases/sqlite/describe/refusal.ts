/**
 * Where in a statement SQLite's refusal is. `node:sqlite` doesn't tell, so it is found by asking again: a text that ends
 * before the mistake has none.
 */

import { DbError } from "../../../core/error.ts";
import { RefusedStatementError, type Refusal } from "../../../dialect/server/description.ts";
import { writtenPlace, type ParameterText } from "../../../dialect/text/parameters.ts";
import { tokensOf, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { toDbError } from "../errors.ts";
import { SQLITE_LEXIS } from "../lexis.ts";

/** What SQLite says of a text, if it refuses it. */
type Ask = (text: string) => string | undefined;

interface Piece {
  readonly start: number;
  readonly end: number;
}

const SYNTAX = /syntax error|^unrecognized token/;
const NAMED = [
  /^no such (?:column|table|function|table-valued function): (?:main\.)?(.+?)(?: - should this be .*)?$/,
  /has no column named (.+)$/,
  /^ambiguous column name: (.+)$/,
  /^wrong number of arguments to function (.+?)\(\)$/,
  /^misuse of (?:window|aggregate)(?: function)?:? (.+?)\(\)$/,
];

/** The first token at which the text up to its end is as wrong as the whole. */
function syntaxPiece(text: string, tokens: readonly SqlToken[], ask: Ask): Piece | undefined {
  return tokens.find(({ end }) => SYNTAX.test(ask(text.slice(0, end)) ?? ""));
}

function piecesOf(name: string, tokens: readonly SqlToken[]): Piece[] {
  const wanted = tokensOf(name, SQLITE_LEXIS).map(({ value }) => value.toLowerCase());
  return tokens.flatMap((token, at) => {
    const found = tokens.slice(at, at + wanted.length);
    const isSame =
      found.length === wanted.length &&
      found.every(({ value }, index) => value.toLowerCase() === wanted[index]);
    return isSame ? [{ start: token.start, end: found.at(-1)!.end }] : [];
  });
}

/** Of several places that are spelt alike the first without which SQLite says something else. */
function namedPiece(
  text: string,
  words: string,
  tokens: readonly SqlToken[],
  ask: Ask,
): Piece | undefined {
  const name = NAMED.map((pattern) => pattern.exec(words)?.[1]).find(
    (found) => found !== undefined,
  );
  if (name === undefined) return undefined;
  const pieces = piecesOf(name, tokens);
  const isMeant = ({ start, end }: Piece): boolean => {
    const without = ask(`${text.slice(0, start)}null${text.slice(end)}`) ?? "";
    return without !== words && !SYNTAX.test(without);
  };
  return pieces.find(isMeant) ?? pieces[0];
}

function pieceOf(text: string, words: string, ask: Ask): Piece | undefined {
  const tokens = tokensOf(text, SQLITE_LEXIS).filter(({ kind }) => kind !== "comment");
  const end = text.trimEnd().length;
  if (words === "incomplete input") return { start: end, end };
  return SYNTAX.test(words) ? syntaxPiece(text, tokens, ask) : namedPiece(text, words, tokens, ask);
}

/** @param prepare Throws what SQLite says. @param text With placeholders. */
export function refusedBySqlite(
  error: unknown,
  text: string,
  prepare: (text: string) => unknown,
  parsed: ParameterText,
  placeholder: (at: number) => string,
): unknown {
  const known = toDbError(error);
  if (!(error instanceof Error) || !(known instanceof DbError)) return known;
  const ask: Ask = (changed) => {
    try {
      prepare(changed);
      return undefined;
    } catch (other) {
      return other instanceof Error ? other.message : undefined;
    }
  };
  const words = error.message;
  const piece = pieceOf(text, words, ask);
  const written = (at: number): number => writtenPlace(parsed, placeholder, at);
  const refusal: Refusal = {
    words,
    ...(piece !== undefined && { start: written(piece.start), end: written(piece.end) }),
  };
  return new RefusedStatementError(known, refusal);
}
