import { expect, test } from "vitest";
import { createNames } from "../../schema/naming.ts";
import { columnKeys, Constants, identifierOf } from "./identifiers.ts";
import { isIdentifier } from "../quote.ts";

const names = createNames();

test.each([
  ["user_id", "userId"],
  ["InvoiceLine", "invoiceLine"],
  ["ID", "id"],
  ["HTTP_STATUS", "httpStatus"],
  ["e-mail address", "eMailAddress"],
  ["größe", "größe"],
  ["名前", "名前"],
  ["1st", "_1st"],
  ["__proto__", "proto"],
  ["a.b", "aB"],
  ["*/", "fallback"],
  ["", "fallback"],
  ["🎵", "fallback"],
  ["\n", "fallback"],
])("%j is %s in code", (name, identifier) => {
  expect(identifierOf(name, "fallback")).toBe(identifier);
  expect(isIdentifier(identifier)).toBe(true);
});

test("a key spells its name, or has it beside it", () => {
  const keys = columnKeys(
    ["user_id", "userId", "UserId", "e_mail", "Id", "class", "a1", "a_1"],
    names,
  );
  expect(
    Object.fromEntries([...keys].map(([name, { givenName, key }]) => [name, [key, givenName]])),
  ).toEqual({
    user_id: ["userId", undefined],
    class: ["class", undefined],
    a1: ["a1", undefined],
    e_mail: ["eMail", undefined],
    userId: ["userId2", "userId"],
    UserId: ["userId3", "UserId"],
    Id: ["id", "Id"],
    a_1: ["a12", "a_1"],
  });
  for (const [name, { givenName, key }] of keys)
    expect(names.column({ key, givenName })).toBe(name);
});

test("a constant is neither a word of the language nor one of the schema's", () => {
  const constants = new Constants();
  expect(constants.take("users", "Table")).toBe("users");
  expect(constants.take("users", "Table", "auth")).toBe("authUsers");
  expect(constants.take("Users", "Table")).toBe("usersTable");
  expect(constants.take("class", "Table")).toBe("classTable");
  expect(constants.take("text", "Table")).toBe("textTable");
  expect(constants.take("r", "Table")).toBe("rTable");
  expect(constants.take("*/", "Table")).toBe("tableTable");
  expect(constants.take("!!", "Table")).toBe("tableTable2");
});
