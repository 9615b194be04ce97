/** Where values go in SQL that is written by hand: `:name`, `$1` or `?`. */

import { QueryError } from "../../core/error.ts";
import { isSign, tokensOf, type SqlToken } from "./sql-tokens.ts";
import type { Lexis } from "./split-script.ts";

export interface ParameterText {
  /** The SQL around the places of values; one more than there are places. */
  readonly parts: readonly string[];
  /** Where each part begins in the text as it was written. */
  readonly starts: readonly number[];
  /** The name of each place, without its sign; of `$1` and `?` the number, from 1. */
  readonly places: readonly string[];
  /** Each name once, in the order in which they come first; numbers by their size. */
  readonly names: readonly string[];
}

type Kind = "a number" | "a question mark" | "a name";

interface Place {
  readonly kind: Kind;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Right behind a value a colon is of a slice, `list[1:n]`. */
function endsValue(token: SqlToken | undefined, at: number): boolean {
  return (
    token !== undefined &&
    token.end === at &&
    (token.kind !== "sign" || isSign(token, ")") || isSign(token, "]") || isSign(token, ":"))
  );
}

function placeAt(tokens: readonly SqlToken[], at: number, style: Lexis): Place | undefined {
  const token = tokens[at]!;
  const next = tokens[at + 1];
  const place = (kind: Kind, name: string, end: number): Place => ({
    kind,
    name,
    start: token.start,
    end,
  });
  if (isSign(token, "?") && style.hasQuestionOperators !== true)
    return place("a question mark", "", token.end);
  if (next === undefined || next.start !== token.end) return undefined;
  if (isSign(token, "$") && next.kind === "number" && /^[1-9]\d*$/.test(next.text))
    return place("a number", next.text, next.end);
  const isNamed = isSign(token, ":") && next.kind === "word";
  return isNamed && !endsValue(tokens[at - 1], token.start)
    ? place("a name", next.text, next.end)
    : undefined;
}

/**
 * Finds the places of values.
 *
 * @throws {QueryError} `E_SYNTAX` where they are written in several ways.
 */
export function parseParameters(text: string, style: Lexis): ParameterText {
  const tokens = tokensOf(text, style);
  const found = tokens.flatMap((_, at) => placeAt(tokens, at, style) ?? []);
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  if (kinds.length > 1) {
    throw new QueryError(
      "E_SYNTAX",
      `The places of values are written as ${kinds.join(" and as ")}.`,
      {
        hint: "Write all of them alike: :name, or $1, or ?.",
      },
    );
  }
  const places = found.map(({ kind, name }, at) =>
    kind === "a question mark" ? `${at + 1}` : name,
  );
  const ends = [0, ...found.map(({ end }) => end)];
  const parts = ends.map((end, at) => text.slice(end, found[at]?.start));
  const names = [...new Set(places)];
  const isNumbered = kinds[0] === "a number";
  return {
    parts,
    starts: ends,
    places,
    names: isNumbered ? names.toSorted((one, other) => Number(one) - Number(other)) : names,
  };
}

/** The SQL with the placeholders of a database. @param placeholder Of the name at a place of `names`, from 0. */
export function withPlaceholders(
  { names, parts, places }: ParameterText,
  placeholder: (at: number) => string,
): string {
  const [first = "", ...others] = parts;
  const tail = others.map((part, at) => placeholder(names.indexOf(places[at]!)) + part);
  return first + tail.join("");
}

/**
 * Where a place of the SQL with placeholders is in the text as it was written; for one inside of a placeholder, where the
 * parameter begins.
 */
export function writtenPlace(
  { names, parts, places, starts }: ParameterText,
  placeholder: (at: number) => string,
  at: number,
): number {
  let begin = 0;
  for (const [index, part] of parts.entries()) {
    const end = begin + part.length;
    const next = places[index];
    const taken = next === undefined ? 0 : placeholder(names.indexOf(next)).length;
    if (at < end || next === undefined) return starts[index]! + Math.min(at - begin, part.length);
    if (at < end + taken) return starts[index]! + part.length;
    begin = end + taken;
  }
  return at;
}
