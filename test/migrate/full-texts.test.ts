// Full-text indexes through migrations, on databases that keep them as quite different things.
import {
  alias,
  connect,
  defineSchema,
  fullTextIndex,
  integer,
  match,
  sql,
  table,
  text,
  varchar,
  type Database,
} from "plinth";
import { afterEach, describe, expect, test } from "vitest";
import { createTables } from "../../src/migrate/create-tables.ts";
import { registered } from "../../src/migrate/migration.ts";
import { modelOf } from "../../src/migrate/model-of.ts";
import { planMigration } from "../../src/migrate/diff/plan.ts";
import { matchSnapshot, type RenameAnswers } from "../../src/migrate/diff/rename.ts";
import { renderPlan, writeSqlFile } from "../../src/migrate/render.ts";
import { applyMigrations, dropAll, revertMigrations } from "../../src/migrate/run/runner.ts";
import { emptySnapshot, readSnapshot, writeSnapshot } from "../../src/migrate/snapshot/snapshot.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";
import { wholeDialect } from "../servers/whole-dialect.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function open(server: TestServer): Promise<Database> {
  const database = await createTestDatabase(server);
  const db = await connect(database.url);
  closers.push(async () => {
    await db.close();
    await database.drop();
  });
  return db;
}

function generate(db: Database, before: Schema, after: Schema, answers: RenameAnswers = {}) {
  const { names } = db["~engine"];
  const dialect = wholeDialect(db);
  const first = matchSnapshot(emptySnapshot, modelOf(before, names, dialect)).snapshot;
  const kept = readSnapshot(writeSnapshot(first), "snapshot.json");
  const { snapshot, questions } = matchSnapshot(kept, modelOf(after, names, dialect), answers);
  expect(questions).toEqual([]);
  const up = writeSqlFile(renderPlan(planMigration(kept, snapshot, dialect), dialect));
  const down = writeSqlFile(
    renderPlan(planMigration(snapshot, kept, dialect, { isFilling: true }), dialect),
  );
  return { name: "001_change", up, down };
}

const plain = table("notes", { id: integer().primaryKey(), title: text(), body: text() });

const indexed = table("notes", { id: integer().primaryKey(), title: text(), body: text() }, (t) => [
  fullTextIndex("note_words").on(t.title, t.body),
]);

/** Another name for the table and a column, and columns that make SQLite write the table anew. */
const renamed = table(
  "papers",
  {
    id: integer().primaryKey(),
    heading: text().notNull().default("none"),
    body: text(),
    kind: varchar({ length: 9 }).notNull().default("note"),
  },
  (t) => [fullTextIndex("note_words").on(t.heading, t.body)],
);

const gone = table("others", { id: integer().primaryKey() });

async function found(db: Database, words: string): Promise<number[]> {
  const n = alias(indexed, "n");
  return (await db.from(n).where(match([n.title, n.body], words))).map(({ id }) => id);
}

async function foundRenamed(db: Database, words: string): Promise<number[]> {
  const { body, heading } = renamed;
  return (await db.from(renamed).where(match([heading, body], words))).map(({ id }) => id);
}

describe.each(testServers().filter(({ name }) => name !== "sqlite memory"))("$name", (server) => {
  const rows = [
    { id: 1, title: "Green", body: "tea" },
    { id: 2, title: null, body: "Black coffee" },
  ];

  test("an index that is added knows the rows that are there, and goes without a trace", async () => {
    const db = await open(server);
    await createTables(db, defineSchema({ plain }));
    await db.insert(plain).values(rows);
    const all = registered([generate(db, defineSchema({ plain }), defineSchema({ indexed }))]);
    await applyMigrations(db, all);
    expect(await found(db, "tea green")).toEqual([1]);
    await db.insert(indexed).values({ id: 3, body: "milk tea" });
    expect(await found(db, "milk")).toEqual([3]);
    await revertMigrations(db, all);
    await db.insert(plain).values({ id: 4, title: "written", body: "without it" });
    await applyMigrations(db, all);
    expect(await found(db, "written")).toEqual([4]);
  });

  test("an index outlives new names of its table and columns, and a table that is made anew", async () => {
    const db = await open(server);
    await createTables(db, defineSchema({ indexed }));
    await db.insert(indexed).values(rows);
    const answers = { renames: ["notes=papers", "notes.title=heading"] };
    const made = generate(db, defineSchema({ indexed }), defineSchema({ renamed }), answers);
    const all = registered([made]);
    await applyMigrations(db, all);
    expect(await foundRenamed(db, "tea green")).toEqual([1]);
    expect(await foundRenamed(db, "none")).toEqual([2]);
    await db.insert(renamed).values({ id: 3, heading: "Cocoa" });
    await db
      .update(renamed)
      .set({ heading: "Blue" })
      .where(match([renamed.heading, renamed.body], "green"));
    expect(await foundRenamed(db, "cocoa")).toEqual([3]);
    expect(await foundRenamed(db, "green")).toEqual([]);
    expect(await foundRenamed(db, "blue")).toEqual([1]);
    await revertMigrations(db, all);
    expect(await found(db, "blue tea")).toEqual([1]);
    await db.delete(indexed).all();
    expect(await found(db, "tea")).toEqual([]);
  });

  test("an index goes with its table, and comes back with it", async () => {
    const db = await open(server);
    await createTables(db, defineSchema({ indexed }));
    await db.insert(indexed).values(rows);
    const all = registered([generate(db, defineSchema({ indexed }), defineSchema({ gone }))]);
    await applyMigrations(db, all);
    await revertMigrations(db, all);
    expect(await found(db, "tea")).toEqual([]);
    await db.insert(indexed).values(rows);
    expect(await found(db, "tea")).toEqual([1]);
    await dropAll(db);
    await createTables(db, defineSchema({ indexed }));
    expect(await db.from(indexed)).toEqual([]);
  });
});

const embedded = testServers().filter(({ name }) => name === "sqlite file");

test.each(embedded)(
  "a migration by hand keeps the triggers of the index on $name",
  async (server) => {
    const db = await open(server);
    await createTables(db, defineSchema({ indexed }));
    await db.insert(indexed).values({ id: 1, title: "Green", body: "tea" });
    const up = `-- plinth: rebuild
    create table aside (id integer primary key, title text, body text) strict;
    insert into aside select * from notes;
    drop table notes;
    alter table aside rename to notes;`;
    await applyMigrations(db, registered([{ name: "001_by_hand", up, down: "select 1" }]));
    await db.insert(indexed).values({ id: 2, body: "coffee" });
    expect(await found(db, "tea")).toEqual([1]);
    expect(await found(db, "coffee")).toEqual([2]);
    const { rows } = await db.execute(
      sql`select count(*) as n from sqlite_schema where type = 'trigger'`,
    );
    expect(rows).toEqual([{ n: 3 }]);
  },
);
