import { existsSync } from "node:fs";
import { connect, createScratch, sql, type Database } from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";

const servers = testServers().filter(({ name }) => name !== "sqlite memory");

async function run(db: Database, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await db.execute(sql.raw(text) as never);
}

async function filled(database: TestDatabase): Promise<void> {
  const db = await connect(database.url);
  await run(
    db,
    "create table pets (id integer primary key, person_id integer)",
    "create table people (id integer primary key, name varchar(20), size integer generated always as (id * 2) stored)",
    "insert into people (id, name) values (0, 'Zoë'), (7, 'it''s')",
    "insert into pets values (1, 7)",
    "create view a_names as select name from people",
    "create view people_of_a as select count(*) as n from a_names",
  );
  await db.close();
}

/** How many databases of this kind the server has. */
async function scratchCount(database: TestDatabase): Promise<number> {
  const db = await connect(database.url);
  try {
    if (db.can.isEmbedded) return 0;
    const catalogue = database.url.startsWith("postgres")
      ? "select datname as name from pg_database"
      : "select schema_name as name from information_schema.schemata";
    const { rows } = await db.execute<{ name: string }>(sql.raw(catalogue) as never);
    return rows.filter(({ name }) => name.startsWith("plinth_scratch_")).length;
  } finally {
    await db.close();
  }
}

for (const server of servers) {
  test(`makes an empty database beside that of ${server.name}, and drops it`, async () => {
    const database = await createTestDatabase(server);
    await filled(database);
    const before = await scratchCount(database);
    const scratch = await createScratch(database.url);
    expect(scratch.url).not.toBe(database.url);
    const db = await connect(scratch.url);
    await run(db, "create table people (id integer)");
    await db.close();
    await scratch.drop();
    await scratch.drop();
    expect(await scratchCount(database)).toBe(before);
    await database.drop();
  });

  test(`copies ${server.name} with all that it has`, async () => {
    const database = await createTestDatabase(server);
    await filled(database);
    const scratch = await createScratch(database.url, { hasData: true });
    const db = await connect(scratch.url);
    expect((await db.execute(sql`select * from people order by id`)).rows).toEqual([
      { id: 0, name: "Zoë", size: 0 },
      { id: 7, name: "it's", size: 14 },
    ]);
    expect((await db.execute(sql`select n from people_of_a`)).rows).toEqual([{ n: 2 }]);
    await run(db, "delete from people");
    await db.close();
    const original = await connect(database.url);
    expect((await original.execute(sql`select id from people`)).rows).toHaveLength(2);
    await original.close();
    await scratch.drop();
    await database.drop();
  });
}

test("leaves no file of a copy behind", async () => {
  const database = await createTestDatabase({ name: "sqlite file", url: undefined });
  await filled(database);
  const scratch = await createScratch(database.url, { hasData: true });
  const file = scratch.url.slice("sqlite:".length).split("?")[0]!;
  expect(existsSync(file)).toBe(true);
  await scratch.drop();
  expect(existsSync(file)).toBe(false);
  await database.drop();
});

for (const server of servers.filter(({ name }) => name.startsWith("postgres"))) {
  test(`tells how many keep a database of ${server.name} from being copied`, async () => {
    const database = await createTestDatabase(server);
    await filled(database);
    const before = await scratchCount(database);
    const db = await connect(database.url);
    await expect(createScratch(database.url, { hasData: true })).rejects.toMatchObject({
      code: "E_DATABASE_IN_USE",
      message: expect.stringMatching(
        /^\d other sessions? (?:is|are) connected to the database "plinth_test/,
      ),
    });
    await db.close();
    expect(await scratchCount(database)).toBe(before);
    await database.drop();
  });

  test(`keeps the search path that was set for a database of ${server.name}`, async () => {
    const database = await createTestDatabase(server);
    const name = new URL(database.url).pathname.slice(1);
    const first = await connect(database.url);
    await run(
      first,
      'create schema "App One"',
      `alter database ${name} set search_path to "App One", public`,
      `alter database ${name} set log_min_duration_statement to 250`,
      `alter database ${name} set plinth.test to 'it''s'`,
    );
    await first.close();
    const scratch = await createScratch(database.url, { hasData: true });
    const db = await connect(scratch.url);
    const { rows } = await db.execute(
      sql`select current_schema() as s, current_setting('plinth.test') as t`,
    );
    expect(rows).toEqual([{ s: "App One", t: "it's" }]);
    await db.close();
    await scratch.drop();
    await database.drop();
  });
}

for (const server of servers.filter(({ name }) => name !== "sqlite file")) {
  test(`refuses on ${server.name} without the right to make databases`, async () => {
    const database = await createTestDatabase(server);
    const isPostgres = server.name.startsWith("postgres");
    const db = await connect(database.url);
    const role = `plinth_poor_${process.pid}_${server.name.replace(" ", "")}`;
    const host = isPostgres ? "" : "@'%'";
    await run(
      db,
      isPostgres
        ? `create role ${role} login password 'secret'`
        : `create user ${role}${host} identified by 'secret'`,
      ...(isPostgres
        ? []
        : [`grant all on ${new URL(database.url).pathname.slice(1)}.* to ${role}${host}`]),
    );
    const poor = new URL(database.url);
    poor.username = role;
    poor.password = "secret";
    for (const hasData of isPostgres ? [false] : [false, true]) {
      await expect(createScratch(poor.href, { hasData })).rejects.toMatchObject({
        code: "E_PERMISSION",
        hint: expect.stringMatching(/createdb|plinth\\_scratch\\_%/),
      });
    }
    await run(db, isPostgres ? `drop role ${role}` : `drop user ${role}${host}`);
    await db.close();
    await database.drop();
  });
}

for (const server of servers.filter(({ name }) => name === "mariadb")) {
  test("copies what hangs on tables on MariaDB: triggers, routines, sequences, keys", async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await run(
      db,
      "create table b_parents (id integer primary key auto_increment, note varchar(20) collate utf8mb4_bin) auto_increment = 40",
      "create table a_children (id integer primary key, parent_id integer references b_parents (id), check (id > 0))",
      "insert into b_parents (note) values ('x')",
      "insert into a_children values (1, 40)",
      "create function doubled (n integer) returns integer deterministic begin declare m integer; set m = n * 2; return m; end",
      "create view doubles as select doubled(id) as n from a_children",
      "create trigger noted before insert on b_parents for each row begin set new.note = concat(new.note, '!'); end",
      "create sequence counter start with 5",
      "select nextval(counter)",
    );
    const scratch = await createScratch(database.url, { hasData: true });
    const copy = await connect(scratch.url);
    await run(copy, "insert into b_parents (note) values ('y')");
    expect((await copy.execute(sql`select * from b_parents order by id`)).rows).toEqual([
      { id: 40, note: "x" },
      { id: 41, note: "y!" },
    ]);
    expect((await copy.execute(sql`select n from doubles`)).rows).toEqual([{ n: 2 }]);
    await expect(run(copy, "insert into a_children values (2, 99)")).rejects.toMatchObject({
      code: "E_FOREIGN_KEY_VIOLATION",
    });
    expect(
      scratch.namesOriginal(`drop table \`${new URL(database.url).pathname.slice(1)}\`.x`),
    ).toBe(true);
    expect(scratch.namesOriginal("drop table other.x")).toBe(false);
    await copy.close();
    await scratch.drop();
    // What reaches into the database by its name would reach it from the copy.
    await run(
      db,
      `create trigger reaching after insert on a_children for each row insert into ${new URL(database.url).pathname.slice(1)}.b_parents (note) values ('z')`,
    );
    const before = await scratchCount(database);
    await expect(createScratch(database.url, { hasData: true })).rejects.toMatchObject({
      code: "E_UNSUPPORTED",
      message: expect.stringMatching(/trigger "reaching"/),
    });
    expect(await scratchCount(database)).toBe(before);
    await db.close();
    await database.drop();
  });
}
