// Words of SQLite that newer ones refuse, in files that were made when they were taken.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { connect, sql, type Database } from "plinth";
import { expect, test } from "vitest";
import type { Inspection } from "../../src/dialect/server/introspector.ts";
import { canonicalModel } from "../../src/migrate/diff/canonical.ts";
import { renderTables } from "../../src/migrate/render-tables.ts";
import type { Model } from "../../src/schema/model.ts";
import { testServers } from "../servers/databases.ts";
import { dialectOf, differences, mending, onDatabase, read, script } from "./kit.ts";

const memory = testServers().find(({ name }) => name === "sqlite memory")!;

async function onOldFile<Result>(
  text: string,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "plinth-test-"));
  const path = join(folder, "old.db");
  try {
    const old = new DatabaseSync(path, { enableDoubleQuotedStringLiterals: true });
    old.exec(text);
    old.close();
    await using db = await connect(`sqlite:${path}`);
    return await work(db);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function expectMadeAgain({ model }: Inspection): Promise<void> {
  await onDatabase(memory, async (db) => {
    for (const text of renderTables(model, dialectOf(db))) await db.execute(sql.raw(text) as never);
    const again = await read(db);
    expect(differences(canonicalModel(again.model), canonicalModel(model))).toEqual([]);
  });
}

test("texts in double quotes are read as texts, which a new table may have as well", async () => {
  const found = await onOldFile(
    `create table tickets (
       id integer primary key,
       state text not null default "it's new" check (state in ("it's new", "closed") or "state" like "x""%"),
       kind text default plain,
       label text generated always as (state || "-" || kind) virtual,
       "end" integer check (case when end > 0 then "yes" else "no" end = "yes"));
     create index open_tickets on tickets (coalesce(kind, "none"), "state") where state <> "closed";`,
    (db) => read(db),
  );

  const [table] = found.model.tables;
  expect(table!.columns.map((column) => column.default)).toEqual([
    undefined,
    { kind: "value", value: "it's new" },
    { kind: "value", value: "plain" },
    undefined,
    undefined,
  ]);
  expect(table!.checks.map(({ condition }) => condition)).toEqual([
    [{ column: "state" }, " in ('it''s new', 'closed') or ", { column: "state" }, " like 'x\"%'"],
    ["case when ", { column: "end" }, " > 0 then 'yes' else 'no' end = 'yes'"],
  ]);
  expect(table!.indexes[0]!.where).toEqual([{ column: "state" }, " <> 'closed'"]);
  await expectMadeAgain(found);
});

test("a table whose checks name the table itself is made anew under another name", async () => {
  await onDatabase(memory, async (db) => {
    await script(
      db,
      'create table "note" ("id" integer primary key, "kind" text not null, check ("note"."kind" in (\'a\', \'b\')));' +
        "insert into note values (7, 'a');",
    );
    const { model } = await read(db);
    const [table] = model.tables;
    const columns = table!.columns.map((column) => ({
      ...column,
      nullable: column.name === "kind",
    }));
    const declared: Model = { ...model, tables: [{ ...table!, columns }] };

    // The guard of a rebuild asks that foreign keys rest, as they do in a migration.
    await db.execute(sql`pragma foreign_keys = off`);
    for (const text of mending(model, declared, dialectOf(db))) await script(db, text);

    expect(mending((await read(db)).model, declared, dialectOf(db))).toEqual([]);
    expect((await db.execute(sql`select id, kind from note`)).rows).toEqual([{ id: 7, kind: "a" }]);
  });
});

test("a key is the row's number wherever its table says so", async () => {
  const found = await onDatabase(memory, async (db) => {
    await script(
      db,
      `create table counted ("id" integer not null, name text, primary key("id" autoincrement));
       create table numbered (id integer, other integer references counted deferrable initially deferred, primary key (id));
       create table inline (id integer primary key, other integer references counted deferrable initially deferred);
       create table descending (id integer primary key desc, name text);
       create table without_number (id integer primary key, name text) without rowid;
       create table named (id integer not null, constraint named_pkey primary key (id)) strict;`,
    );
    return read(db);
  });

  const counted = found.model.tables.filter(({ columns }) => columns[0]!.isAutoIncrement);
  expect(counted.map(({ name }) => name)).toEqual(["counted", "numbered", "inline"]);
  expect(found.others.map(({ name, table }) => `${table}: ${name}`)).toEqual([
    "numbered: deferred foreign key",
    "inline: deferred foreign key",
    "descending: desc in a key",
    "descending: null in a key",
    "without_number: without rowid",
  ]);
});

test("a view that asks for all columns has those of its time, and works when there are more", async () => {
  await onDatabase(memory, async (db) => {
    await script(
      db,
      `create table a (id integer primary key, "select" text); create table b (id integer primary key, a_id int);
       create view both as select *, a.id * 2 as twice from a join b on b.a_id = a.id;
       create view counted as select count(*) as n from (select * from a);`,
    );
    const found = await read(db);
    expect(found.model.views!.map(({ text }) => text)).toEqual([
      'select "id", "select", "id:1", "a_id", "twice" from (select *, a.id * 2 as twice from a join b on b.a_id = a.id)',
      "select count(*) as n from (select * from a)",
    ]);
    await expectMadeAgain(found);
  });
});
