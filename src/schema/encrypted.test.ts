import { expect, test } from "vitest";
import { defineSchema } from "./schema.ts";
import { resolveModel } from "./model.ts";
import { createNames } from "./naming.ts";
import { infoOf, table } from "./table.ts";
import { array } from "./array.ts";
import { bigint, integer, json, text, timestamp, varchar } from "./types.ts";

const id = integer().primaryKey();

test("the model has what the database keeps, and nothing of the keys", () => {
  const users = table("users", {
    id,
    note: text().notNull().encrypted(),
    email: varchar({ length: 100 }).encrypted({ deterministic: true }).unique(),
    born: timestamp().encrypted({ deterministic: true }),
    doc: json().encrypted({ deterministic: true }),
  });
  const model = resolveModel(defineSchema({ users }), createNames());
  const types = model.tables[0]!.columns.map(({ name, nullable, type }) => ({
    name,
    nullable,
    type,
  }));
  expect(types.slice(1)).toEqual([
    { name: "note", nullable: false, type: { kind: "bytes", length: undefined } },
    { name: "email", nullable: true, type: { kind: "bytes", length: 467 } },
    { name: "born", nullable: true, type: { kind: "bytes", length: 86 } },
    { name: "doc", nullable: true, type: { kind: "bytes", length: undefined } },
  ]);
});

test("values are bound to the names of table and column, or to what is said", () => {
  const contexts = infoOf(
    table("users", {
      id,
      firstName: text().encrypted(),
      mail: text("e_mail").encrypted(),
      phone: text().encrypted({ context: "people.phone" }),
    }),
  ).columns.map(({ type }) => (type.kind === "bytes" ? type.sealed?.context : undefined));
  expect(contexts).toEqual([undefined, "users.firstName", "users.e_mail", "people.phone"]);
});

test("one declaration is one type, wherever it stands", () => {
  const typeOf = (): unknown =>
    infoOf(table("users", { id, note: text().encrypted() })).columns[1]!.type;
  expect(typeOf()).toBe(typeOf());
});

test("what the database would have to read the values for is refused", () => {
  const sealed = text().encrypted();
  const lookup = varchar({ length: 9 }).encrypted({ deterministic: true });
  const others = table("others", { id });
  const refused: (() => unknown)[] = [
    () => sealed.encrypted(),
    () => array(integer()).encrypted(),
    () => text().caseInsensitive().encrypted(),
    () => sealed.caseInsensitive(),
    () => text().collate("de-x-icu").encrypted(),
    () => text().encrypted({ context: "" }),
    () => table("t", { id, a: sealed.unique() }),
    () => table("t", { id: lookup.primaryKey() }),
    () => table("t", { id, a: lookup.default("x") }),
    () => table("t", { id, a: timestamp().encrypted().defaultNow() }),
    () => table("t", { id: bigint().encrypted({ deterministic: true }).autoIncrement() }),
    () =>
      table("t", {
        id,
        a: integer()
          .encrypted()
          .references(() => others.id),
      }),
  ];
  for (const work of refused)
    expect(work, String(work)).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  expect(infoOf(table("t", { id, a: lookup.unique().$default(() => "x") })).columns).toHaveLength(
    2,
  );
});
