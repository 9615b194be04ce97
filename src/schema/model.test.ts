import { expect, test } from "vitest";
import { comment } from "./comment.ts";
import { constraintName, resolveModel } from "./model.ts";
import { createNames } from "./naming.ts";
import { databaseSchema } from "../query/database-schema.ts";
import { defineSchema } from "./schema.ts";
import { index, unique } from "./constraints.ts";
import { table } from "./table.ts";
import { bigint, decimal, integer, json, text, timestamp, uuid, varchar } from "./types.ts";

test("a constraint is named after its table and columns", () => {
  expect(constraintName("users", ["email"], "unique")).toBe("users_email_unique");
  expect(constraintName("users", [], "pkey")).toBe("users_pkey");
  expect(constraintName("a", ["b", "c"], "idx")).toBe("a_b_c_idx");
});

test("a name too long for PostgreSQL is cut at a whole character, keeps its suffix, and stays apart from others", () => {
  for (const letter of ["x", "é", "語", "😀", "a😀"]) {
    const long = letter.repeat(40);
    const one = constraintName(long, ["first"], "unique");
    const other = constraintName(long, ["second"], "unique");
    for (const name of [one, other]) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
      expect(Buffer.byteLength(name)).toBeGreaterThan(45);
      expect(name.isWellFormed()).toBe(true);
      expect(name.endsWith("_unique")).toBe(true);
    }
    expect(one).not.toBe(other);
    expect(constraintName(long, ["first"], "unique")).toBe(one);
  }
  const just = constraintName("t".repeat(56), [], "unique");
  expect(just).toBe(`${"t".repeat(56)}_unique`);
});

test("a model holds every name spelt and nothing but JSON", () => {
  const teams = table("Team", { teamId: integer().primaryKey() });
  const people = table(
    "Person",
    {
      id: integer().primaryKey().autoIncrement(),
      teamId: integer().references(() => teams.teamId, { onDelete: "cascade" }),
      eMail: varchar({ length: 9 }).notNull().unique("one_mail"),
      nick: varchar("nick name", { length: 9 }).unique(),
      total: bigint().default(2n ** 60n),
      price: decimal({ precision: 5, scale: 2 }).default("1.5"),
      born: timestamp().default(new Date(0)),
      made: timestamp().defaultNow(),
      key: uuid().defaultRandom(),
      data: json().default({ a: [1] }),
      note: text(),
    },
    (t) => [index().on(t.teamId, t.note), unique("pair").on(t.teamId, t.nick)],
  );
  const model = resolveModel(defineSchema({ people, teams }), createNames());

  expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  const [person] = model.tables;
  expect(person).toMatchObject({
    name: "Person",
    primaryKey: { name: "Person_pkey", columns: ["id"] },
    uniques: [
      { name: "one_mail", columns: ["e_mail"] },
      { name: "Person_nick name_unique", columns: ["nick name"] },
      { name: "pair", columns: ["team_id", "nick name"] },
    ],
    indexes: [{ name: "Person_team_id_note_idx", columns: ["team_id", "note"] }],
    foreignKeys: [
      {
        name: "Person_team_id_fkey",
        columns: ["team_id"],
        target: "Team",
        targetColumns: ["team_id"],
        onDelete: "cascade",
        onUpdate: "no action",
      },
    ],
  });
  const defaults = Object.fromEntries(
    person!.columns.map((column) => [column.name, column.default]),
  );
  expect(defaults).toMatchObject({
    total: { kind: "value", value: "1152921504606846976" },
    born: { kind: "value", value: "1970-01-01T00:00:00.000Z" },
    data: { kind: "value", value: '{"a":[1]}' },
    made: { kind: "now" },
    key: { kind: "random" },
    note: undefined,
  });
});

test("comments are in the model, which has no member for those that aren't there", () => {
  const plain = table("plain", { id: integer().primaryKey() });
  const told = table("told", { id: integer().primaryKey().comment("The key.") }, () => [
    comment("A 😀 table."),
  ]);
  const [first, second] = resolveModel(defineSchema({ plain, told }), createNames()).tables;
  expect(first).not.toHaveProperty("comment");
  expect(first?.columns[0]).not.toHaveProperty("comment");
  expect(second).toMatchObject({ comment: "A 😀 table.", columns: [{ comment: "The key." }] });
});

test("a comment that no database holds is refused where it is declared, and so is a second one", () => {
  for (const text of ["", "a\0b", "\ud800", undefined as never]) {
    expect(() => comment(text)).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
    expect(() => integer().comment(text)).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  }
  const twice = table("twice", { id: integer().primaryKey() }, () => [comment("a"), comment("b")]);
  expect(() => resolveModel(defineSchema({ twice }), createNames())).toThrow(/two comments/);
});

test("a model tells the schema of a table, of a target and of an enum only where they are in one", () => {
  const auth = databaseSchema("auth");
  const mood = auth.enumType("mood", ["good", "bad"]);
  const users = table("users", { id: integer().primaryKey(), mood: mood() });
  const logins = auth.table("users", {
    id: integer().primaryKey(),
    userId: integer().references(() => users.id),
    parentId: integer().references(() => logins.id),
  });
  const { enums, tables } = resolveModel(defineSchema({ users, logins }), createNames());
  expect(enums).toMatchObject([{ name: "mood", schema: "auth" }]);
  expect(tables[0]).not.toHaveProperty("schema");
  expect(tables[1]).toMatchObject({ name: "users", schema: "auth" });
  const [own, self] = tables[1]!.foreignKeys;
  expect(own).not.toHaveProperty("targetSchema");
  expect(self).toMatchObject({ target: "users", targetSchema: "auth" });
});

test("two tables of one name in one schema are refused, and so is a schema without a name", () => {
  const auth = databaseSchema("auth");
  const one = auth.table("users", { id: integer().primaryKey() });
  const other = auth.table("users", { id: integer().primaryKey() });
  const isTwice = expect.objectContaining({
    code: "E_SCHEMA",
    message: expect.stringContaining('"one" and "other" of the schema are both named "users"'),
    hint: expect.stringContaining("Declare a table once."),
  });
  expect(() => defineSchema({ one, other })).toThrow(isTwice);
  expect(() => defineSchema({ one, other: one })).toThrow(isTwice);
  expect(() => databaseSchema("")).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
});
