/** The full-text indexes among the virtual tables and the triggers of a catalogue: those that `full-text-ddl.ts` makes. */

import { isWord, tokensOf } from "../../../dialect/text/sql-tokens.ts";
import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import { PLAIN_LANGUAGE } from "../../../schema/full-text.ts";
import { fullTextModelOf, type IndexModel } from "../../../schema/model.ts";
import { TRIGGERS, triggerName } from "../ddl/full-text-ddl.ts";

export interface FoundFullText {
  readonly table: string;
  readonly index: IndexModel;
  /** The virtual table and the triggers. */
  readonly parts: readonly string[];
}

/** What the trigger of inserts copies into it, but for the row's number, which comes first. */
function columnsOfTrigger(text: string): string[] {
  const tokens = tokensOf(text, { hasBrackets: true });
  const start = tokens.findIndex((token) => isWord(token, "values"));
  const rest = tokens.slice(start);
  const copied = rest.filter((_, at) => isWord(rest[at - 2], "new"));
  return copied.slice(1).map(({ value }) => value);
}

export function findFullTexts(objects: readonly CatalogueRow[]): FoundFullText[] {
  const triggers = new Map(
    objects.filter(({ type }) => type === "trigger").map((row) => [String(row["name"]), row]),
  );
  return objects.flatMap((row): FoundFullText[] => {
    const name = String(row["name"]);
    const own = TRIGGERS.map((event) => triggers.get(triggerName(name, event)));
    const isOurs = /^create virtual table .* using fts5 \(words_1\b/is.test(String(row["sql"]));
    const [onInsert] = own;
    if (!isOurs || onInsert === undefined) return [];
    const columns = columnsOfTrigger(String(onInsert["sql"]));
    return [
      {
        table: String(onInsert["owner"]),
        index: fullTextModelOf(name, columns, PLAIN_LANGUAGE),
        parts: [name, ...TRIGGERS.map((event) => triggerName(name, event))],
      },
    ];
  });
}
