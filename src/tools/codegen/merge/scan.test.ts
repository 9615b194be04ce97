import { expect, test } from "vitest";
import { applyEdits, callsOf, itemsOf, membersOf, statementsOf } from "./scan.ts";

const whole = (text: string) => ({ start: 0, end: text.length });

test("finds statements with and without semicolons, with their comments", () => {
  const source = `// head
import { a } from "x";

/* of b; */ // and more
export const b = f("};", \`\${g(";")}\`, /[;"]/) // behind
export const c: Map<string, number> = new Map()
function d() { return 1; }
`;
  const found = statementsOf(source);
  expect(found.map(({ constant }) => constant)).toEqual([undefined, "b", "c", undefined]);
  expect(found.map(({ whole: { end, start } }) => source.slice(start, end)).join("")).toBe(source);
  const { value } = found[1]!;
  expect(source.slice(value!.start, value!.end)).toBe('f("};", `${g(";")}`, /[;"]/)');
});

test("finds the calls of a chain with their arguments and types", () => {
  const source = `auth.table<{ a: "<" }>("x", { a: 1 }, (t) => [t.a, b<c>(1, 2)])\n  // then\n  .as(sql\`a, \${b(")")}\`,)`;
  const calls = callsOf(source, whole(source));
  expect(calls.map(({ name, types }) => [name, types])).toEqual([
    ["table", '<{ a: "<" }>'],
    ["as", ""],
  ]);
  const texts = calls.map((call) =>
    call.arguments.map(({ end, start }) => source.slice(start, end)),
  );
  expect(texts).toEqual([['"x"', "{ a: 1 }", "(t) => [t.a, b<c>(1, 2)]"], ['sql`a, ${b(")")}`']]);
});

test("finds members by their keys, with the comments that belong to them", () => {
  const source = `{
  // of a
  a: f(1, 2), // behind a
  "b c": x < y ? 1 : 2,
  ["__proto__"]: 3,
  ...rest(),
  short,
  /** of last */
  last: json<Map<string, { a: number }>>()
}`;
  const members = membersOf(source, whole(source));
  expect(members.map(({ key }) => key)).toEqual([
    "a",
    "b c",
    "__proto__",
    undefined,
    "short",
    "last",
  ]);
  const pieces = members.map((member) => source.slice(member.whole.start, member.whole.end));
  expect(pieces[0]).toBe("\n  // of a\n  a: f(1, 2), // behind a");
  expect(`{${pieces.join("")}}`).toBe(source);
});

test("finds the items of a list, none in an empty one", () => {
  expect(itemsOf("[ ]", whole("[ ]"))).toEqual([]);
  const source = "[a, [b, c], /* d */ ]";
  const items = itemsOf(source, whole(source));
  expect(items.map(({ end, start }) => source.slice(start, end))).toEqual(["a", "[b, c]"]);
});

test("changes places without moving others", () => {
  const edits = [
    { start: 0, end: 1, text: "A" },
    { start: 2, end: 2, text: "x" },
    { start: 2, end: 2, text: "y" },
  ];
  expect(applyEdits("abc", edits)).toBe("Abxyc");
  const both = [
    { start: 1, end: 1, text: "new" },
    { start: 1, end: 3, text: "" },
  ];
  expect(applyEdits("abcd", both)).toBe("anewd");
});
