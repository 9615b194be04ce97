/** Where in a statement the server's refusal is: it quotes the rest of the text, or a name of it. */

import { DbError } from "../../../core/error.ts";
import { RefusedStatementError, type Refusal } from "../../../dialect/server/description.ts";
import { writtenPlace, type ParameterText } from "../../../dialect/text/parameters.ts";
import { isSign, tokensOf, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import { isDriverError } from "../errors.ts";
import { MYSQL_LEXIS } from "../lexis.ts";

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** How much of the text a syntax error quotes at most. Source: MySQL 8.4 `sql/sql_error.h`, `ERRMSGSIZE`; `%.80s`. */
const MAX_QUOTED = 80;
const SYNTAX = /near '([^]*)' at line (\d+)$/;
const NAMED = [
  /^Unknown column '(.+)' in /,
  /^Column '(.+)' in .* is ambiguous$/,
  /^Table '(?:[^.]*\.)?(.+)' doesn't exist$/,
  /^Unknown table '(.+)'/,
  /^FUNCTION (?:[^.]*\.)?(.+) does not exist/,
  /^Column '(.+)' specified twice$/,
];

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function syntaxPiece(text: string, tokens: readonly SqlToken[], words: string): Piece | undefined {
  const [, quoted = "", line = "1"] = SYNTAX.exec(words) ?? [];
  const end = tokens.at(-1)?.end ?? 0;
  if (quoted === "") return { start: end, end };
  const isRest = Array.from(quoted).length < MAX_QUOTED;
  return tokens.find(
    ({ start }) =>
      text.startsWith(quoted, start) &&
      (!isRest || start + quoted.length === text.length) &&
      lineOf(text, start) === Number(line),
  );
}

/** Those that no point stands before come first. */
function piecesOf(name: string, tokens: readonly SqlToken[]): Piece[] {
  const wanted = name.toLowerCase().split(/(\.)/);
  const [plain, qualified] = [false, true].map((isBehindPoint) =>
    tokens.flatMap((token, at) => {
      if (isSign(tokens[at - 1], ".") !== isBehindPoint) return [];
      const found = tokens.slice(at, at + wanted.length);
      const isSame =
        found.length === wanted.length &&
        found.every(({ value, kind }, index) => {
          return kind !== "text" && value.toLowerCase() === wanted[index];
        });
      return isSame ? [{ start: token.start, end: found.at(-1)!.end }] : [];
    }),
  );
  return [...plain!, ...qualified!];
}

/** Of several places that are spelt alike the first without which the server says something else. */
async function namedPiece(
  text: string,
  words: string,
  tokens: readonly SqlToken[],
  ask: (text: string) => Promise<string | undefined>,
): Promise<Piece | undefined> {
  const name = NAMED.map((pattern) => pattern.exec(words)?.[1]).find(
    (found) => found !== undefined,
  );
  if (name === undefined) return undefined;
  const pieces = piecesOf(name, tokens);
  for (const piece of pieces.length > 1 ? pieces : []) {
    const without = await ask(`${text.slice(0, piece.start)}null${text.slice(piece.end)}`);
    if (without !== words && !SYNTAX.test(without ?? "")) return piece;
  }
  return pieces[0];
}

/**
 * @param known Ours for the server's.
 * @param prepare Throws what the server says.
 * @param text With placeholders.
 */
export async function refusedByServer(
  error: unknown,
  known: unknown,
  text: string,
  prepare: (text: string) => Promise<unknown>,
  parsed: ParameterText,
): Promise<unknown> {
  if (!isDriverError(error) || !(known instanceof DbError)) return known;
  const words = error.sqlMessage ?? "";
  const ask = (changed: string): Promise<string | undefined> =>
    prepare(changed).then(
      () => undefined,
      (other: unknown) => (isDriverError(other) ? (other.sqlMessage ?? undefined) : undefined),
    );
  const tokens = tokensOf(text, MYSQL_LEXIS).filter(({ kind }) => kind !== "comment");
  const piece = SYNTAX.test(words)
    ? syntaxPiece(text, tokens, words)
    : await namedPiece(text, words, tokens, ask);
  const written = (at: number): number => writtenPlace(parsed, () => "?", at);
  const refusal: Refusal = {
    words,
    ...(piece !== undefined && { start: written(piece.start), end: written(piece.end) }),
  };
  return new RefusedStatementError(known, refusal);
}
