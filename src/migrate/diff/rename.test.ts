import { expect, test } from "vitest";
import { resolveModel, type Model } from "../../schema/model.ts";
import { createNames } from "../../schema/naming.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { bytes, enumType, integer, text, timestamp, varchar } from "../../schema/types.ts";
import { matchSnapshot } from "./rename.ts";
import { emptySnapshot, hashSnapshot, readSnapshot, writeSnapshot } from "../snapshot/snapshot.ts";

function modelWith(name: string, columns: Record<string, unknown>): Model {
  const made = table(name, { id: integer().primaryKey(), ...(columns as object) });
  return resolveModel(defineSchema({ made }), createNames());
}

function startWith(model: Model) {
  return matchSnapshot(emptySnapshot, model).snapshot;
}

const people = modelWith("people", {
  name: text(),
  born: timestamp(),
  note: varchar({ length: 9 }),
});

test("a column that is gone beside one that came is asked, the likeliest first", () => {
  const before = startWith(people);
  const after = modelWith("people", {
    fullName: text(),
    born: timestamp(),
    text: varchar({ length: 9 }),
  });
  const { questions } = matchSnapshot(before, after);
  expect(questions).toEqual([
    {
      what: "column",
      path: "people.name",
      candidates: [
        { name: "full_name", flag: "--rename people.name=full_name" },
        { name: "text", flag: "--rename people.name=text" },
      ],
      dropFlag: "--drop people.name",
    },
    {
      what: "column",
      path: "people.note",
      candidates: [
        { name: "text", flag: "--rename people.note=text" },
        { name: "full_name", flag: "--rename people.note=full_name" },
      ],
      dropFlag: "--drop people.note",
    },
  ]);
});

test("a column that can't have become another one is not asked", () => {
  const before = startWith(modelWith("people", { name: text() }));
  expect(matchSnapshot(before, modelWith("people", { photo: bytes() })).questions).toEqual([]);
});

test("what is renamed keeps its id, and what keeps its name too", () => {
  const before = startWith(people);
  const model = modelWith("persons", {
    fullName: text(),
    born: timestamp(),
    note: varchar({ length: 9 }),
  });
  const renames = ["people=persons", "people.name=full_name"];
  const { snapshot, questions } = matchSnapshot(before, model, { renames });
  expect(questions).toEqual([]);
  const [old, now] = [before.tables[0]!, snapshot.tables[0]!];
  expect(now.id).toBe(old.id);
  expect(now.columns.map(({ id }) => id)).toEqual(old.columns.map(({ id }) => id));
  expect(snapshot.prevHash).toBe(hashSnapshot(before));
});

test("two may change their names with one another", () => {
  const before = startWith(modelWith("people", { first: text(), last: text() }));
  const renames = ["people.first=last", "people.last=first"];
  const { snapshot } = matchSnapshot(before, modelWith("people", { first: text(), last: text() }), {
    renames,
  });
  const idOf = (name: string, columns: readonly { id: string; name: string }[]) =>
    columns.find((column) => column.name === name)!.id;
  expect(idOf("first", snapshot.tables[0]!.columns)).toBe(idOf("last", before.tables[0]!.columns));
});

test("a column is dropped and added under one name only where that is said", () => {
  const before = startWith(modelWith("people", { note: text() }));
  const after = modelWith("people", { note: bytes() });
  const [kept] = [matchSnapshot(before, after).snapshot];
  const { snapshot } = matchSnapshot(before, after, { drops: ["people.note"] });
  expect(kept.tables[0]!.columns[1]!.id).toBe(before.tables[0]!.columns[1]!.id);
  expect(snapshot.tables[0]!.columns[1]!.id).not.toBe(before.tables[0]!.columns[1]!.id);
});

test("the value of an enum that is gone is asked", () => {
  const withValues = (...values: [string, ...string[]]) =>
    modelWith("people", { role: enumType("role", values)() });
  const before = startWith(withValues("user", "admin"));
  const { questions } = matchSnapshot(before, withValues("user", "owner"));
  expect(questions).toMatchObject([
    {
      what: "value of an enum",
      path: "role.admin",
      candidates: [{ flag: "--rename role.admin=owner" }],
    },
  ]);
});

test("an answer that fits nothing is refused, and the message tells what there is", () => {
  const before = startWith(people);
  const after = modelWith("people", {
    fullName: text(),
    born: timestamp(),
    note: varchar({ length: 9 }),
  });
  expect(() => matchSnapshot(before, after, { renames: ["people.nmae=full_name"] })).toThrow(
    /--rename people\.nmae=full_name fits no change.*--rename people\.name=full_name/,
  );
});

test("a snapshot is the same text, however the schema is spelt", () => {
  const one = startWith(modelWith("people", { note: text().default("x"), born: timestamp() }));
  const other = startWith(
    modelWith("people", {
      note: text().default("x"),
      born: timestamp({ mode: "string", precision: 3 }),
    }),
  );
  expect(writeSnapshot(one)).toBe(writeSnapshot(other));
  expect(writeSnapshot(readSnapshot(writeSnapshot(one), "x"))).toBe(writeSnapshot(one));
});

test("a file that is no snapshot is refused by the member that is wrong", () => {
  const file = JSON.parse(writeSnapshot(startWith(people))) as { tables: { columns: object[] }[] };
  expect(() => readSnapshot("{", "a/snapshot.json")).toThrow(/a\/snapshot\.json is not JSON/);
  expect(() => readSnapshot("{}", "s")).toThrow(/version is missing/);
  expect(() => readSnapshot(JSON.stringify({ ...file, version: 9 }), "s")).toThrow(
    /Install the Plinth/,
  );
  file.tables[0]!.columns[1] = { name: "name" };
  expect(() => readSnapshot(JSON.stringify(file), "s")).toThrow(
    /tables\[0\]\.columns\[1\]\.id is no text/,
  );
});
