import { expect, test } from "vitest";
import { isExact } from "./collation.ts";
import { defineSchema } from "./schema.ts";
import { table } from "./table.ts";
import { integer, text, varchar } from "./types.ts";

const refused = expect.objectContaining({ code: "E_SCHEMA" });

test("takes a collation for all databases, or one for each", () => {
  expect(text().collate("C").spec.type).toMatchObject({
    collation: { sqlite: "C", postgres: "C", mysql: "C" },
  });
  const own = varchar({ length: 3 }).collate({ postgres: "de_DE@euro", mysql: undefined! });
  expect(own.spec.type).toEqual({ kind: "text", length: 3, collation: { postgres: "de_DE@euro" } });
  expect(own.spec.type).toBe(varchar({ length: 3 }).collate({ postgres: "de_DE@euro" }).spec.type);
});

test.each(["", 'x" y', "a;b", "1a", "x".repeat(64)])("refuses %j as a collation", (name) => {
  expect(() => text().collate(name)).toThrow(refused);
  expect(() => text().collate({ mysql: name })).toThrow(refused);
});

test("refuses what says nothing or something else", () => {
  for (const given of [{}, { oracle: "x" }, 5, null]) {
    expect(() => text().collate(given as never)).toThrow(refused);
  }
});

test("refuses both words on one column, and either on what is no text", () => {
  expect(() => text().caseInsensitive().collate("C")).toThrow(refused);
  expect(() => text().collate("C").caseInsensitive()).toThrow(refused);
  expect(() => integer().caseInsensitive()).toThrow(refused);
});

test("refuses a key without regard to case", () => {
  expect(() => table("one", { id: text().caseInsensitive().primaryKey() })).toThrow(refused);
  const one = table("one", { id: integer().primaryKey(), name: text().caseInsensitive().unique() });
  const other = table("other", { name: text().references(() => one.name) });
  expect(() => defineSchema({ one, other })).toThrow(refused);
});

test("knows the collations by which only the same texts are equal", () => {
  const isEqual = (column: { readonly spec: { readonly type: unknown } }): boolean =>
    isExact(column.spec.type as never);
  expect(isEqual(text())).toBe(true);
  for (const name of ["default", "C", "C.utf8", "en_US", "de_CH.utf8", "und-x-icu"])
    expect(isEqual(text().collate({ postgres: name })), name).toBe(true);
  expect(isEqual(text().collate({ postgres: "case_insensitive" }))).toBe(false);
  expect(isEqual(text().collate({ mysql: "utf8mb4_general_ci" }))).toBe(false);
  expect(isEqual(text().collate({ sqlite: "NOCASE" }))).toBe(false);
  expect(isEqual(text().caseInsensitive())).toBe(false);
});
