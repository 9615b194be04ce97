// A migration takes nothing from a table of SQLite that it doesn't know of.
import { connect, integer, sql, table, varchar, type Database, type Transaction } from "plinth";
import { afterAll, expect, test } from "vitest";
import { registered, type RegisteredMigration } from "../../src/migrate/migration.ts";
import { applyMigrations, revertMigrations } from "../../src/migrate/run/runner.ts";
import { script } from "../inspect/kit.ts";

const databases: Database[] = [];
afterAll(async () => {
  for (const db of databases) await db.close();
});

async function open(text: string): Promise<Database> {
  const db = await connect("sqlite::memory:");
  databases.push(db);
  await script(db, text);
  return db;
}

type Given = RegisteredMigration<Transaction>;

function run(db: Database, ...given: readonly Omit<Given, "name">[]): Promise<unknown> {
  const all = given.map((one, at): Given => ({ ...one, name: `00${at + 1}_next` }) as Given);
  return applyMigrations(db, registered(all));
}

const remake = (columns: string, options = ""): string => `-- plinth: rebuild
  create table users__new (${columns}) ${options};
  insert into users__new (id, name) select id, name from users;
  drop table users;
  alter table users__new rename to users;`;

const textOf = async (db: Database): Promise<string> => {
  const { rows } = await db.execute(
    sql<{ text: string }>`select sql as text from sqlite_schema where name = 'users'`,
  );
  return rows[0]!.text;
};

test("SQL by hand says what of a declaration goes, and is asked for the rest", async () => {
  const before = "create table users (id integer primary key, name text check (name <> '')) strict";
  const db = await open(before);
  await expect(run(db, { up: remake("id integer primary key, name text") })).rejects.toMatchObject({
    code: "E_MIGRATION_LOSSY",
    message: expect.stringContaining(
      'Migration "001_next" makes tables anew without what they have (users: strict); nothing was executed.',
    ),
    hint: expect.stringMatching(/way up, line 2\..*-- lint:allow LT105/s),
  });
  expect((await textOf(db)).toLowerCase()).toBe(before);
  await run(db, { up: remake("id integer primary key, name text", "strict") });
  expect(await textOf(db)).not.toMatch(/check/);
});

test("the way back tells what is known", async () => {
  const columns = "id integer primary key, name text";
  const db = await open(`create table users (${columns} check (name <> ''), extra text)`);
  const up = remake(`${columns} not null`);
  await expect(run(db, { up, down: remake(columns) })).rejects.toMatchObject({
    message: expect.stringMatching(/\(users: column extra, check users_name_check\)/),
  });
  const known = `${columns} check (name <> ''), extra text`;
  await run(db, { up, down: remake(known) });
  expect(await textOf(db)).toMatch(/not null/);
});

test("the way back is refused by itself, too", async () => {
  const columns = "id integer primary key, name text";
  const db = await open(`create table users (${columns})`);
  const all = registered<Transaction>([
    { name: "001_next", up: remake(`${columns} not null`), down: remake(columns) },
  ]);
  await applyMigrations(db, all);
  await script(db, "alter table users add column extra text");
  await expect(revertMigrations(db, all)).rejects.toMatchObject({
    code: "E_MIGRATION_LOSSY",
    message: expect.stringMatching(/^Migration "001_next".*\(users: column extra\)/),
  });
  expect(await textOf(db)).toMatch(/extra/);
});

test("a comment before the statement or at the head allows it, with a reason", async () => {
  const text = "create table users (id integer primary key, name text) strict";
  const made = remake("id integer primary key, name text");
  await expect(
    run(await open(text), { up: made.replace("create", "-- lint:allow LT105\ncreate") }),
  ).rejects.toMatchObject({ code: "E_MIGRATION_LOSSY" });
  await run(await open(text), { up: made.replace("create", "-- lint:allow LT105 old\ncreate") });
  await run(await open(text), { up: `-- lint:allow LT105 old\n${made}` });
});

test("the words of a migration's code know what was declared", async () => {
  const users = table("users", { id: integer().primaryKey(), name: varchar({ length: 20 }) });
  const after = table("users", {
    id: integer().primaryKey(),
    name: varchar({ length: 20 }).notNull(),
  });
  const alter: Omit<Given, "name"> = {
    rebuild: true,
    up: (_tx, schema) => schema.alterTable(users, after),
  };
  const create: Omit<Given, "name"> = { up: (_tx, schema) => schema.createTable(users) };
  await run(await open("select 1"), create, alter);
  const db = await open("select 1");
  await run(db, create);
  await script(db, "alter table users add column extra text");
  await expect(run(db, create, alter)).rejects.toMatchObject({
    message: expect.stringMatching(/without what they have \(users: column extra\)/),
    hint: expect.stringMatching(/as SQL/),
    cause: { code: "E_MIGRATION_LOSSY" },
  });
  expect(await textOf(db)).toMatch(/extra/);
});
