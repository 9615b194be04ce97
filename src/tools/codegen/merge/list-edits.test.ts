import { expect, test } from "vitest";
import { listEdits } from "./list-edits.ts";
import { applyEdits, itemsOf } from "./scan.ts";

function changed(text: string, removed: readonly string[], added: readonly string[]): string {
  const span = { start: 0, end: text.length };
  const items = itemsOf(text, span);
  const gone = items.filter(({ end, start }) => removed.includes(text.slice(start, end)));
  const edits = listEdits({
    text,
    span,
    items,
    removed: new Set(gone),
    added: added.map((item) => () => item),
    usualIndent: 2,
  });
  return applyEdits(text, edits);
}

test.each([
  ["{ a, ...b }", [], ["c"], "{ a, ...b, c }"],
  ["{ a, b }", ["b"], ["c", "d"], "{ a, c, d }"],
  ["{a}", [], ["b"], "{a, b}"],
  ["[a, b]", [], ["c"], "[a, b, c]"],
  ["{\n  a,\n}", [], ["b"], "{\n  a,\n  b,\n}"],
])("%s without %j and with %j", (text, removed, added, result) => {
  expect(changed(text, removed, added)).toBe(result);
});
