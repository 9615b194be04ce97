import { expect, test } from "vitest";
import { commentLine, memberKey, memberOf, quoteText, templateText } from "./quote.ts";

const HOSTILE = [
  "plain",
  'it\'s "both"',
  "back\\slash\\",
  "`tick` ${code} \\${x}",
  "*/ alert(1) /*",
  "line\nfeed\r\nand\ttab",
  "\u2028\u2029\u0000\u007f\u202e\ufeff",
  "\ud800 half \udfff",
  "</script>",
  "emoji 🎵 größe 名前",
  "__proto__",
  "'); process.exit(1); ('",
];

/** Reads a literal as the compiler does, without running anything else of it. */
function evaluate(literal: string): unknown {
  return JSON.parse(
    literal.startsWith("'")
      ? `"${literal
          .slice(1, -1)
          .replaceAll("\\'", "'")
          .replaceAll('"', String.raw`\"`)}"`
      : literal,
  );
}

test.each(HOSTILE)("%j is quoted so that it is read as it was", (text) => {
  const literal = quoteText(text);
  expect(literal).not.toMatch(/[\n\r\u2028\u2029]/);
  expect(evaluate(literal)).toBe(text);
});

test.each(HOSTILE)("%j in a template ends nothing and begins nothing", (text) => {
  const inner = templateText(text);
  expect(inner.replaceAll(/\\[^]/g, "")).not.toMatch(/`|\$\{/);
  expect(inner).not.toContain("\r");
});

test.each(HOSTILE)("%j in a comment stays on its line", (text) => {
  expect(commentLine(text)).toMatch(/^\/\/ [^\n\r\u2028\u2029]*$/);
});

test("keys are quoted where they are no identifiers, and never set a prototype", () => {
  expect(memberKey("größe")).toBe("größe");
  expect(memberKey("a b")).toBe('"a b"');
  expect(memberKey("__proto__")).toBe('["__proto__"]');
  expect(memberOf("users", "class")).toBe("users.class");
  expect(memberOf("users", "a-b")).toBe('users["a-b"]');
});
