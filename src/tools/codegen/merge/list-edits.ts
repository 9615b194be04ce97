/** Items that come into a list and go out of it. */

import type { Edit, Item, Span } from "./scan.ts";

/** The spaces before the first thing of a line. */
export function indentAt(text: string, at: number, usual: number): number {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^ *$/.test(line) ? line.length : usual;
}

function hasComma(text: string, item: Item): boolean {
  return text.slice(item.end, item.whole.end).includes(",");
}

/** The comma that a list needs behind an item before another one comes. */
export function commaBehind(text: string, item: Item): Edit[] {
  return hasComma(text, item) ? [] : [{ start: item.end, end: item.end, text: "," }];
}

export interface ListChange {
  readonly text: string;
  /** From bracket to bracket. */
  readonly span: Span;
  readonly items: readonly Item[];
  readonly removed: ReadonlySet<Item>;
  /** What comes in at the end, for an indentation; a list in one line has none. */
  readonly added: readonly ((indent: number | undefined) => string)[];
  /** The indentation of items where there are none yet. */
  readonly usualIndent: number;
}

export function listEdits({ added, items, removed, span, text, usualIndent }: ListChange): Edit[] {
  const edits: Edit[] = [...removed].map(({ whole }) => ({ ...whole, text: "" }));
  const last = items.findLast((item) => !removed.has(item));
  const isInLine = items.length > 0 && !text.slice(span.start, span.end).includes("\n");
  const place = last?.whole.end ?? span.start + 1;
  if (added.length === 0) {
    // A list in one line has no comma at its end.
    const isLoose = isInLine && last !== undefined && last !== items.at(-1);
    return isLoose ? [...edits, { start: last.end, end: place, text: "" }] : edits;
  }
  if (!isInLine) {
    const indent =
      items[0] === undefined ? usualIndent : indentAt(text, items[0].start, usualIndent);
    const lines = added.map((print) => `\n${" ".repeat(indent)}${print(indent)},`);
    const comma = last === undefined ? [] : commaBehind(text, last);
    return [...edits, ...comma, { start: place, end: place, text: lines.join("") }];
  }
  const joined = added.map((print) => print(undefined)).join(", ");
  if (last === undefined) return [...edits, { start: place, end: place, text: joined }];
  // The spaces before the closing bracket stay.
  const { end, whole } = items.at(-1)!;
  const gap = /\s*$/.exec(text.slice(end, whole.end))![0];
  return [...edits, { start: last.end, end: place, text: `, ${joined}${gap}` }];
}
