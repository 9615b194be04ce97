// The key that SQLite counted up, which an insert of one row knows without RETURNING.
import { DatabaseSync } from "node:sqlite";
import {
  connect,
  createTables,
  defineSchema,
  fullTextIndex,
  integer,
  sql,
  table,
  text,
  type Database,
} from "plinth";
import { beforeEach, expect, test } from "vitest";

const notes = table(
  "notes",
  { id: integer().primaryKey().autoIncrement(), body: text().notNull() },
  (t) => [fullTextIndex().on(t.body)],
);
const traces = table("traces", { id: integer().primaryKey().autoIncrement(), what: text() });
const codes = table("codes", { id: integer().primaryKey().autoIncrement() });

let db: Database;

beforeEach(async () => {
  db = await connect("sqlite::memory:");
  await createTables(db, defineSchema({ notes, traces, codes }));
  return () => db.close();
});

const insert = (body: string) => db.insert(notes).values({ body }).returning({ key: notes.id });

test("is the row's own, whatever triggers and full-text indexes write behind it", async () => {
  await db.insert(traces).values(["a", "b", "c"].map((what) => ({ what })));
  await db.execute(sql`create trigger traced after insert on notes begin
    insert into traces (what) values (new.body); end`);
  expect(await insert("one")).toEqual([{ key: 1 }]);
  expect(await insert("two").one()).toEqual({ key: 2 });
  await db.transaction(async (tx) => {
    const written = tx.insert(notes).values({ body: "three" }).returning({ id: notes.id });
    expect(await written).toEqual([{ id: 3 }]);
  });
  expect(await db.from(traces).count()).toBe(6);
});

test("isn't there when a trigger leaves the row out", async () => {
  await insert("kept");
  await db.execute(sql`create trigger refused before insert on notes begin
    select raise(ignore); end`);
  expect(await insert("refused")).toEqual([]);
  expect(await db.from(notes).count()).toBe(1);
});

test("is given back by the database where the row brings it, and with other columns", async () => {
  const given = db.insert(notes).values({ id: 7, body: "x" }).returning({ key: notes.id });
  expect(await given).toEqual([{ key: 7 }]);
  const both = db.insert(notes).values({ body: "x" }).returning({ id: notes.id, body: notes.body });
  expect(await both).toEqual([{ id: 8, body: "x" }]);
  const twice = db.insert(notes).values({ body: "x" }).returning({ a: notes.id, b: notes.id });
  expect(await twice).toEqual([{ a: 9, b: 9 }]);
});

test("is told of a row that brings nothing at all", async () => {
  expect(await db.insert(codes).values({}).returning({ id: codes.id })).toEqual([{ id: 1 }]);
  expect(await db.insert(codes).values([{}, {}]).returning({ id: codes.id })).toEqual([
    { id: 2 },
    { id: 3 },
  ]);
});

test("costs no RETURNING", async () => {
  const texts: string[] = [];
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (text, ...others) {
    texts.push(text);
    return prepare.call(this, text, ...others);
  };
  try {
    await insert("one");
    await db
      .insert(notes)
      .values([{ body: "a" }, { body: "b" }])
      .returning({ key: notes.id });
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
  expect(texts).toEqual([
    'insert into "notes" ("body") values (?)',
    'insert into "notes" ("body") values (?), (?) returning "id"',
  ]);
});
