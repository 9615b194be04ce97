/**
 * SQL by hand, as `plinth check` and the program read it: the places of its values, lists, and fragments that may be left
 * out. It is pure text, so that both read the same.
 */

import { QueryError } from "../../core/error.ts";
import { RefusedStatementError } from "../../dialect/server/description.ts";
import { parseParameters, type ParameterText } from "../../dialect/text/parameters.ts";
import { isSign, isWord, tokensOf, type SqlToken } from "../../dialect/text/sql-tokens.ts";
import type { Lexis } from "../../dialect/text/split-script.ts";

/** All their combinations are described, so there are few. */
const MAX_CONDITIONS = 5;

// No literals, whose classes of all scripts would be read whenever a program starts.
const CONDITION = String.raw`^if\s+[:$]?([\p{L}\p{N}_]+)$`;
const ALIAS = String.raw`^([\p{L}\p{N}_$ -]+?)\s*([!?])?\s*(?::\s*(.+?)\s*)?$`;

// A comment from `if name` to `end`: what is left out when the parameter is undefined, or the switch false.
export interface Fragment {
  readonly condition: string;
  /** Its comments are part of it. */
  readonly start: number;
  readonly end: number;
}

/** `in (:ids)`, or `not in (:ids)`: all of it, from its first word to the parenthesis. */
export interface ListPlace {
  readonly isNegated: boolean;
  readonly start: number;
  readonly end: number;
}

/** Where a value stands. */
export interface Place {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** The fragment that it stands in. */
  readonly fragment: Fragment | undefined;
  readonly list: ListPlace | undefined;
}

export interface TextParameter {
  /** Without its sign; of `$1` and `?` the number, from 1. */
  readonly name: string;
  /** Takes an array, of any length: its items are what the database describes. */
  readonly isList: boolean;
  /** Stands only in fragments, or nowhere: it may be undefined. */
  readonly isOptional: boolean;
  /** Stands nowhere: true and false put fragments in and leave them out. No database describes it. */
  readonly isSwitch: boolean;
}

export interface CheckedText {
  readonly text: string;
  /** How values are written, and so how they are given: `"list"` takes an array, `"none"` takes nothing. */
  readonly style: "list" | "names" | "none";
  readonly places: readonly Place[];
  readonly fragments: readonly Fragment[];
  /** What fragments depend on, each once. */
  readonly conditions: readonly string[];
  /** In the order of their first places, numbers by their size; switches are last. */
  readonly parameters: readonly TextParameter[];
}

function refuse(
  words: string,
  { start, end }: { readonly start: number; readonly end: number },
  hint?: string,
): never {
  throw new RefusedStatementError(new QueryError("E_SYNTAX", words, { hint }), {
    words,
    advice: hint,
    start,
    end,
  });
}

function findFragments(tokens: readonly SqlToken[]): Fragment[] {
  const fragments: Fragment[] = [];
  let open: { readonly condition: string; readonly token: SqlToken } | undefined;
  for (const token of tokens) {
    if (token.kind !== "comment" || !token.text.startsWith("/*")) continue;
    const condition = new RegExp(CONDITION, "u").exec(token.value)?.[1];
    if (condition !== undefined) {
      if (open !== undefined)
        refuse("A fragment begins inside of another one.", token, "End the first one by /*end*/.");
      open = { condition, token };
    } else if (token.value === "end") {
      if (open === undefined)
        refuse("A fragment ends that hasn't begun.", token, "Begin it by /*if name*/.");
      fragments.push({ condition: open.condition, start: open.token.start, end: token.end });
      open = undefined;
    }
  }
  if (open !== undefined) refuse("A fragment doesn't end.", open.token, "End it by /*end*/.");
  return fragments;
}

/** `in (…)` around a place that stands alone in it. */
function listAround(
  tokens: readonly SqlToken[],
  start: number,
  end: number,
): ListPlace | undefined {
  const first = tokens.findIndex((token) => token.start === start);
  const behind = tokens.findIndex((token) => token.start >= end);
  const [not, word, opening, closing] = [
    tokens[first - 3],
    tokens[first - 2],
    tokens[first - 1],
    tokens[behind],
  ];
  if (!isWord(word, "in") || !isSign(opening, "(") || !isSign(closing, ")")) return undefined;
  const isNegated = isWord(not, "not");
  return { isNegated, start: (isNegated ? not : word)!.start, end: closing!.end };
}

function findPlaces(
  { parts, places, starts }: ParameterText,
  tokens: readonly SqlToken[],
  fragments: readonly Fragment[],
): Place[] {
  const plain = tokens.filter(({ kind }) => kind !== "comment");
  return places.map((name, at) => {
    const start = starts[at]! + parts[at]!.length;
    const end = starts[at + 1]!;
    const fragment = fragments.find((one) => one.start < start && start < one.end);
    return { name, start, end, fragment, list: listAround(plain, start, end) };
  });
}

function parameterOf(name: string, places: readonly Place[]): TextParameter {
  const own = places.filter((place) => place.name === name);
  const [single] = own.filter(({ list }) => list === undefined);
  const isList = own.some(({ list }) => list !== undefined);
  if (isList && single !== undefined)
    refuse(`The parameter "${name}" is a list in one place and a single value in another.`, single);
  const isOptional = own.every(({ fragment }) => fragment !== undefined);
  return { name, isList, isOptional, isSwitch: own.length === 0 };
}

/**
 * @param lexis Of the database that it is read for.
 * @throws {RefusedStatementError} `E_SYNTAX` for fragments that don't end, and for more than 5 conditions.
 * @throws {QueryError} `E_SYNTAX` where the places of values are written in several ways.
 */
export function parseCheckedText(text: string, lexis: Lexis): CheckedText {
  const tokens = tokensOf(text, lexis);
  const parsed = parseParameters(text, lexis);
  const fragments = findFragments(tokens);
  const conditions = [...new Set(fragments.map(({ condition }) => condition))];
  if (conditions.length > MAX_CONDITIONS) {
    const excess = fragments.find(({ condition }) => condition === conditions[MAX_CONDITIONS])!;
    refuse(
      `Fragments depend on more than ${MAX_CONDITIONS} parameters.`,
      excess,
      "Split the statement, or build it with db.select().",
    );
  }
  const places = findPlaces(parsed, tokens, fragments);
  const names = [...parsed.names, ...conditions.filter((name) => !parsed.names.includes(name))];
  const isNumbered = parsed.names.some((name) => /^\d/.test(name));
  const named = fragments.find(({ condition }) => isNumbered && !/^\d/.test(condition));
  if (named !== undefined) {
    refuse(
      `The fragment of "${named.condition}" depends on a name, where values have numbers.`,
      named,
      "Depend on a number, as in /*if $1*/, or write all values by name.",
    );
  }
  return {
    text,
    style: names.length === 0 ? "none" : isNumbered ? "list" : "names",
    places,
    fragments,
    conditions,
    parameters: names.map((name) => parameterOf(name, places)),
  };
}

/**
 * The text without the fragments whose conditions aren't kept. Spaces stand for them, so that every place of it is where it
 * was; what a database refuses there is where it says.
 *
 * With `?` the numbers of what comes behind change: the places that are left tell which ones they are.
 */
export function withoutFragments(
  { fragments, text }: CheckedText,
  kept: ReadonlySet<string>,
): string {
  let left = text;
  for (const { condition, start, end } of fragments) {
    if (kept.has(condition)) continue;
    left =
      left.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, " ") + left.slice(end);
  }
  return left;
}

/** The conditions in every combination, beginning with none. */
export function combinationsOf({ conditions }: CheckedText): ReadonlySet<string>[] {
  return Array.from(
    { length: 2 ** conditions.length },
    (_, mask) => new Set(conditions.filter((_name, at) => ((mask >> at) & 1) === 1)),
  );
}

/** What the name of a column says: `"id!"` is never NULL, `"id?"` may be, `"total: number"` is of another type. */
export interface ColumnAlias {
  /** The row's key. */
  readonly key: string;
  readonly isNullable: boolean | undefined;
  /** What stands behind the colon. */
  readonly type: string | undefined;
}

export function parseAlias(name: string): ColumnAlias {
  const [, key, sign, type] = new RegExp(ALIAS, "u").exec(name) ?? [];
  if (key === undefined) return { key: name, isNullable: undefined, type: undefined };
  return { key, isNullable: sign === undefined ? undefined : sign === "?", type };
}
