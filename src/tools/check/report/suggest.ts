/** What was meant by a name that isn't there. */

import { isSign, isWord, tokensOf, type SqlToken } from "../../../dialect/text/sql-tokens.ts";
import type { Model } from "../../../schema/model.ts";

/** How many letters are to be changed, left out, put in or exchanged with the next one. */
export function distance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1];
      let least = Math.min(last[at]! + 1, next[at - 1]! + 1, last[at - 1]! + (isSame ? 0 : 1));
      if (row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1])
        least = Math.min(least, before[at - 2]! + 1);
      next.push(least);
    }
    before = last;
    last = next;
  }
  return last[other.length]!;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** The nearest, if it is near. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(name);
  const most = Math.max(1, Math.floor(wanted.length / 3));
  const ranked = [...new Set(candidates)]
    .map((candidate) => {
      const own = plain(candidate);
      const isStem = own === `${wanted}s` || wanted === `${own}s`;
      return { candidate, far: own === wanted || isStem ? 0 : distance(wanted, own) };
    })
    .filter(({ far }) => far <= most)
    .toSorted((left, right) => left.far - right.far);
  return ranked[0]?.candidate;
}

interface Relation {
  readonly name: string;
  readonly columns: readonly string[];
}

function relationsOf({ tables, views = [] }: Model): Relation[] {
  return [...tables, ...views].map(({ columns, name }) => ({
    name,
    columns: columns.map((column) => column.name),
  }));
}

function isName(token: SqlToken | undefined): token is SqlToken {
  return token?.kind === "word" || token?.kind === "name";
}

/** The relations that are named in the text, and those by the alias that they have. */
function usedIn(
  tokens: readonly SqlToken[],
  relations: readonly Relation[],
): Map<string, Relation> {
  const used = new Map<string, Relation>();
  for (const [at, token] of tokens.entries()) {
    const relation = isName(token)
      ? relations.find(({ name }) => name.toLowerCase() === token.value.toLowerCase())
      : undefined;
    if (relation === undefined || isSign(tokens[at - 1], ".")) continue;
    used.set(relation.name.toLowerCase(), relation);
    const alias = isWord(tokens[at + 1], "as") ? tokens[at + 2] : tokens[at + 1];
    if (isName(alias)) used.set(alias.value.toLowerCase(), relation);
  }
  return used;
}

/**
 * @param piece The piece of the text that the database doesn't know, such as `u.nam`.
 * @param kind What it is looked for as.
 */
export function suggestion(
  text: string,
  piece: string,
  kind: "column" | "table",
  model: Model,
): string | undefined {
  const tokens = tokensOf(text).filter((token) => token.kind !== "comment");
  const names = tokensOf(piece).filter((token) => isName(token));
  const name = names.at(-1)?.value;
  if (name === undefined) return undefined;
  const relations = relationsOf(model);
  if (kind === "table") {
    const found = nearest(
      name,
      relations.map((relation) => relation.name),
    );
    return found === undefined ? undefined : `Did you mean the table "${found}"?`;
  }
  const used = usedIn(tokens, relations);
  const qualifier = names.at(-2)?.value.toLowerCase();
  const own = qualifier === undefined ? undefined : used.get(qualifier);
  const looked = own === undefined ? [...new Set(used.values())] : [own];
  const found = nearest(
    name,
    looked.flatMap(({ columns }) => columns),
  );
  if (found !== undefined) return `Did you mean "${found}"?`;
  const [only] = looked;
  return looked.length === 1 && only !== undefined
    ? `"${only.name}" has ${listOf(only.columns)}.`
    : undefined;
}

const MOST = 12;

function listOf(names: readonly string[]): string {
  const rest = names.length - MOST;
  const shown = rest > 1 ? names.slice(0, MOST) : names;
  return `${shown.join(", ")}${rest > 1 ? ` and ${rest} more` : ""}`;
}
