import { expect, test } from "vitest";
import { isUsed, withImports } from "./imports.ts";

test.each([
  ["timestamps()", true],
  ["...timestamps()", true],
  ["{ ...timestamps(), id }", true],
  ["[timestamps]", true],
  ["t.timestamps()", false],
  ["t?.timestamps()", false],
  ["{ timestamps: 1 }", false],
  ["mytimestamps()", false],
  ["timestamps2()", false],
])("whether a word is used: %s", (text, isSo) => {
  expect(isUsed("timestamps", text)).toBe(isSo);
});

test("what is only spread stays imported", () => {
  const text = `import { integer, table, timestamps, uuid } from "plinth";

export const users = table("users", { id: integer().primaryKey(), ...timestamps() });
`;
  const next = withImports(text, new Map([["plinth", ["text"]]]), () => true);
  expect(next).toContain(`import { integer, table, text, timestamps } from "plinth";`);
});
