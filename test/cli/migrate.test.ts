import { existsSync } from "node:fs";
import { join } from "node:path";
import { connect, sql } from "plinth";
import { migrate } from "plinth/migrate";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const files = {
  "plinth.config.mjs": `export default { url: "sqlite:app.db" };`,
  "migrations/20260101000000_people/up.sql":
    "create table people (id integer primary key, name varchar(20));",
  "migrations/20260101000000_people/down.sql": "drop table people;",
  "migrations/20260102000000_names/up.sql": "insert into people values (1, 'Ann');",
  "migrations/20260102000000_names/down.sql": "delete from people where id = 1;",
};

function projectOf(more: Readonly<Record<string, string>> = {}): TestProject {
  const project = createProject({ ...files, ...more });
  projects.push(project);
  return project;
}

test("applies, tells and takes back, and finds the database beside its configuration", async () => {
  const project = projectOf();
  expect(await project.run("migrate", "up")).toMatchObject({ code: 0, err: "" });
  expect(existsSync(join(project.folder, "app.db"))).toBe(true);
  const status = await project.run("migrate", "status");
  expect(status.out.split("\n").map((line) => line.slice(0, 34))).toEqual([
    "applied   20260101000000_people  2",
    "applied   20260102000000_names   2",
    "",
  ]);
  expect((await project.run("migrate", "up")).out).toBe("nothing is pending\n");
  const deep = await project.run(
    "migrate",
    "up",
    "--create-database",
    "--url",
    `sqlite:${project.folder}/a/b.db`,
  );
  expect(deep).toMatchObject({ code: 0, err: "" });
  const down = await project.run("migrate", "down", "-n", "99", "--json");
  expect(JSON.parse(down.out)).toMatchObject({
    reverted: [{ name: "20260102000000_names" }, { name: "20260101000000_people" }],
  });
  expect(await project.run("migrate", "down")).toMatchObject({
    code: 0,
    out: "nothing is applied\n",
  });
});

test("prints the SQL instead of running it", async () => {
  const project = projectOf();
  const { out } = await project.run("migrate", "up", "--dry-run", "-n", "1");
  expect(out).toBe(
    "-- 20260101000000_people\ncreate table people (id integer primary key, name varchar(20));\n\n",
  );
  expect(await project.run("migrate", "status")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/There is no file .*E_MISSING_DATABASE/),
  });
  await project.run("migrate", "up", "-n", "1");
  const status = await project.run("migrate", "status", "--json");
  expect(JSON.parse(status.out)).toMatchObject([{ state: "applied" }, { state: "pending" }]);
});

test("does the verbs that are made of others", async () => {
  const project = projectOf();
  await project.run("migrate", "up");
  expect((await project.run("migrate", "redo")).out).toMatch(
    /^reverted .*_names.*\napplied .*_names/,
  );
  expect((await project.run("migrate", "refresh")).out.match(/applied/g)).toHaveLength(2);
  expect((await project.run("migrate", "fresh")).out).toMatch(/^dropped everything\napplied/);
  expect((await project.run("migrate", "reset")).out.match(/reverted/g)).toHaveLength(2);
});

test("tells a folder without migrations, and SQL that another database has, with what writes it", async () => {
  const project = projectOf({
    "nowhere.mjs": `export default { url: "sqlite:app.db", migrations: "migratoins" };`,
    "migrations/20260103000000_more/postgres.up.sql": "select 1;",
  });
  expect(await project.run("migrate", "up", "--config", "nowhere.mjs")).toMatchObject({
    code: 0,
    out: "there are no migrations\n",
  });
  expect(await project.run("migrate", "fresh", "--config", "nowhere.mjs")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/There are no migrations; nothing was dropped\..*\[E_CONFIG\]/),
  });
  const db = await connect(`sqlite:${project.folder}/app.db`);
  await expect(migrate(db, { folder: join(project.folder, "migratoins") })).rejects.toMatchObject({
    code: "E_CONFIG",
  });
  await db.close();
  expect((await project.run("migrate", "up")).err).toMatch(
    /"20260103000000_more" has nothing for sqlite\. Run `plinth migrate generate --fill --database sqlite`/,
  );
});

test("refuses an option that a verb would go over, before anything is done", async () => {
  const project = projectOf();
  await project.run("migrate", "up");
  const orders = ["reset", "refresh", "fresh", "redo", "baseline", "status"].map((verb) => [
    verb,
    "--dry-run",
  ]);
  for (const order of [
    ...orders,
    ["down", "--to", "20260101000000_people"],
    ["reset", "-n", "1"],
    ["up", "--forget", "20260101000000_people"],
  ]) {
    const answer = await project.run("migrate", ...order);
    expect(answer).toMatchObject({ code: 1, out: "" });
    expect(answer.err).toMatch(/takes no -.*nothing was done.*\[E_CONFIG\]/);
  }
  expect((await project.run("migrate", "fresh", "--dry-run")).err).toMatch(
    /It is for `plinth migrate up` and `plinth migrate down`/,
  );
  const db = await connect(`sqlite:${project.folder}/app.db`);
  expect((await db.execute(sql`select id from people`)).rows).toHaveLength(1);
  await db.close();
});

test("repairs nothing of a migration that the history doesn't have", async () => {
  const project = projectOf();
  await project.run("migrate", "up", "-n", "1");
  const accepted = await project.run("migrate", "repair", "--accept", "20260102000000_names");
  expect(accepted).toMatchObject({ code: 1, out: "" });
  expect(accepted.err).toMatch(/"20260102000000_names" isn't applied.*\[E_MIGRATION_INVALID\]/);
  const forgotten = await project.run("migrate", "repair", "--forget", "20260102000000_name");
  expect(forgotten).toMatchObject({ code: 1, out: "" });
  expect(forgotten.err).toMatch(/"20260102000000_name" isn't applied.*\[E_MIGRATION_INVALID\]/);
  const status = await project.run("migrate", "status", "--json");
  expect(JSON.parse(status.out)).toMatchObject([{ state: "applied" }, { state: "pending" }]);
});

test("reads plain files, numbered or stamped, beside folders and code", async () => {
  const project = createProject({
    "plinth.config.mjs": `export default { migrations: { folder: "db" } };`,
    "db/001_one.sql": "create table one (id integer);",
    "db/002_two.up.sql": "create table two (id integer);",
    "db/002_two.down.sql": "drop table two;",
    "db/010_ten/sqlite.up.sql": "create table ten (id integer);",
    "db/010_ten/postgres.up.sql": "no SQL;",
    "db/011_code.mjs": `export const up = async (tx) => {}; export const down = async (tx) => {};`,
    "db/README.md": "Not a migration.",
  });
  projects.push(project);
  const up = await project.run(
    "migrate",
    "up",
    "--url",
    `sqlite:${join(project.folder, "x.db")}`,
    "--json",
  );
  expect(up.err).toBe("");
  expect(
    (JSON.parse(up.out) as { applied: { name: string }[] }).applied.map(({ name }) => name),
  ).toEqual(["001_one", "002_two", "010_ten", "011_code"]);
});

test("tells what is wrong, what mends it, and exits with 1", async () => {
  const project = projectOf();
  expect((await project.run("migrate", "sideways")).err).toMatch(
    /no `plinth migrate sideways`.*--help/,
  );
  expect((await project.run("migrate", "down", "-n", "x")).err).toMatch(/-n takes a whole number/);
  await project.run("migrate", "up");
  project.write("migrations/20260101000000_people/up.sql", "create table people (id integer);");
  const edited = await project.run("migrate", "up");
  expect(edited).toMatchObject({ code: 1, out: "" });
  expect(edited.err).toMatch(
    /"20260101000000_people" is not what was applied.*repair --accept 20260101000000_people.*\[E_MIGRATION_EDITED\]/,
  );
  expect(await project.run("migrate", "repair", "--accept", "20260101000000_people")).toMatchObject(
    {
      code: 0,
      out: "repaired  20260101000000_people  (accept)\n",
    },
  );
  expect((await project.run("migrate", "status", "--url", "nothing")).err).toMatch(/\[E_CONFIG\]/);
});

test("takes nothing back on a database of another machine without --yes", async () => {
  const project = projectOf();
  for (const verb of ["down", "redo", "reset", "refresh", "fresh"]) {
    const answer = await project.run(
      "migrate",
      verb,
      "--url",
      "postgres://u:secret@db.example.com/x",
    );
    expect(answer.err).toMatch(/isn't on this machine.*--yes/);
    expect(answer.err).not.toContain("secret");
  }
});

for (const server of testServers().filter(({ url }) => url !== undefined)) {
  test(`runs on ${server.name}`, async () => {
    const database = await createTestDatabase(server);
    const project = projectOf();
    expect(await project.run("migrate", "up", "--url", database.url)).toMatchObject({
      code: 0,
      err: "",
    });
    expect((await project.run("migrate", "fresh", "--url", database.url)).code).toBe(0);
    const other = new URL(database.url);
    other.pathname += "_made";
    const missing = await project.run("migrate", "up", "--url", other.href);
    expect(missing.err).toMatch(/--create-database.*\[E_MISSING_DATABASE\]/);
    const made = await project.run("migrate", "up", "--create-database", "--url", other.href);
    expect(made).toMatchObject({ code: 0, err: "" });
    const db = await connect(database.url);
    await db.execute(sql.raw(`drop database ${other.pathname.slice(1)}`) as never);
    await db.close();
    await database.drop();
  });
}

test(
  "runs a migration that is code, in the words of declarations",
  { timeout: 60_000 },
  async () => {
    const columns = "id: integer().primaryKey(), name: varchar({ length: 20 })";
    const project = createProject({
      "plinth.config.ts": `export default { url: "sqlite:app.db" };`,
      "migrations/001_users/migration.ts": `import { integer, table, varchar } from "plinth";
import { defineMigration } from "plinth/migrate";
const users = table("users", { ${columns} });
export default defineMigration({
  up: (_tx, schema) => schema.createTable(users),
  down: (_tx, schema) => schema.dropTable(users),
});
`,
      "migrations/002_required.ts": `import { integer, table, varchar } from "plinth";
import { defineMigration } from "plinth/migrate";
const before = table("users", { ${columns} });
const after = table("users", { ${columns}.notNull() });
export default defineMigration({
  rebuild: true,
  up: (_tx, schema) => schema.alterTable(before, after),
  down: (_tx, schema) => schema.alterTable(after, before),
});
`,
    });
    projects.push(project);
    expect(await project.spawn("migrate", "up")).toMatchObject({ code: 0, err: "" });
    const db = await connect(`sqlite:${project.folder}/app.db`);
    await expect(
      db.execute(sql`insert into users (id, name) values (1, null)`),
    ).rejects.toMatchObject({ code: "E_NOT_NULL_VIOLATION" });
    await db.close();
    expect(await project.spawn("migrate", "reset")).toMatchObject({ code: 0, err: "" });
  },
);
