/** The queries of a project, each text once. */

import { templateText } from "../../query/checked/named-query.ts";
import type { FoundProblem, FoundQuery } from "./find/found.ts";
import { placeOf } from "./find/lines.ts";

export interface Entry {
  /** As it is given to the database; that of a template has `$1` and so on for its values. */
  readonly text: string;
  /** Where it stands; the first is where it is told of. */
  readonly sites: readonly FoundQuery[];
  /** Whether it stands in a call. */
  readonly isText: boolean;
  readonly tags: readonly string[];
  readonly statements: readonly string[];
}

function textOf(query: FoundQuery): string {
  return query.kind === "tag" ? templateText(query.parts.map(({ text }) => text)) : query.text;
}

function byName(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function namesOf(kind: "statement" | "tag", sites: readonly FoundQuery[]): string[] {
  const names = sites.flatMap((site) => (site.kind === kind ? [site.name] : []));
  return [...new Set(names)].toSorted(byName);
}

/** One name can't be two texts. */
function clashesOf(queries: readonly FoundQuery[]): FoundProblem[] {
  const known = new Map<string, FoundQuery>();
  return queries.flatMap((query) => {
    if (query.kind === "text") return [];
    const key = `${query.kind} ${query.name}`;
    const first = known.get(key);
    if (first === undefined) known.set(key, query);
    if (first === undefined || textOf(first) === textOf(query)) return [];
    return {
      file: query.file,
      start: query.start,
      end: query.start + 1,
      message: `Another query is named "${query.name}", too: ${placeOf(first.file, first.start)}.`,
      hint: "Give one of them another name.",
    };
  });
}

/** Sorted by their texts, so that what is written of them is the same wherever they stand. */
export function entriesOf(queries: readonly FoundQuery[]): {
  readonly entries: readonly Entry[];
  readonly problems: readonly FoundProblem[];
} {
  const byText = new Map<string, FoundQuery[]>();
  for (const query of queries) {
    const text = textOf(query);
    byText.set(text, [...(byText.get(text) ?? []), query]);
  }
  const entries = [...byText]
    .toSorted(([one], [other]) => byName(one, other))
    .map(([text, sites]) => ({
      text,
      sites,
      isText: sites.some(({ kind }) => kind === "text"),
      tags: namesOf("tag", sites),
      statements: namesOf("statement", sites),
    }));
  return { entries, problems: clashesOf(queries) };
}

/** Where in its file a place of a query's text stands. */
export function sourcePlace(query: FoundQuery, at: number): number {
  if (query.kind !== "tag") return query.places[Math.min(at, query.places.length - 1)]!;
  let begin = 0;
  for (const [index, { places, text }] of query.parts.entries()) {
    const placeholder = `$${index + 1}`;
    if (at <= begin + text.length) return places[at - begin]!;
    if (at < begin + text.length + placeholder.length) return places.at(-1)!;
    begin += text.length + placeholder.length;
  }
  return query.start;
}
