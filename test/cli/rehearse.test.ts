import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, sql, type Database } from "plinth";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const files = {
  "migrations/001_people/up.sql": "create table people (id integer primary key, name varchar(20));",
  "migrations/002_rows/up.sql":
    "insert into people (id, name) values (1, 'a'), (2, 'b'), (3, 'c'); create table old (id integer); insert into old values (1);",
};

function projectOf(more: Readonly<Record<string, string>>): TestProject {
  const project = createProject({ ...files, ...more });
  projects.push(project);
  return project;
}

/** What the database holds, its history too. */
async function contents(db: Database): Promise<unknown> {
  const { rows } = await db.execute(sql`select * from people order by id`);
  const history = await db.execute(
    sql`select name, applied_at from plinth_migrations order by name`,
  );
  return [rows, history.rows];
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  test(`rehearses on a copy of ${server.name} and leaves the database as it is`, async () => {
    const database = await createTestDatabase(server);
    const at = ["--url", database.url] as const;
    const project = projectOf({});
    expect(await project.run("migrate", "up", ...at)).toMatchObject({ code: 0 });
    const contentsOf = async (): Promise<unknown> => {
      const db = await connect(database.url);
      const found = await contents(db);
      await db.close();
      return found;
    };
    const before = await contentsOf();

    project.write(
      "migrations/003_more/up.sql",
      "-- LOSSY DS102: drops table old with its rows\ndrop table old;\nalter table people rename to persons;\ninsert into persons (id) values (4);\ncreate table pets (id integer);",
    );
    const good = await project.run("migrate", "up", "--rehearse", ...at);
    expect(good).toMatchObject({ code: 0, err: "" });
    expect(good.out.replace(/\d+ ms/, "T")).toBe(
      "applied   003_more  T\n" +
        "table                before  after\n" +
        "old                  1       -\n" +
        "people, now persons  3       4\n" +
        "pets                 -       0\n" +
        "no other table has more or fewer rows; the copy is dropped, and the database is as it was\n",
    );
    expect(await contentsOf()).toEqual(before);

    project.write("migrations/004_less/up.sql", "delete from persons where id > 2;");
    const lost = await project.run("migrate", "up", "--rehearse", "--json", ...at);
    expect(lost.code).toBe(1);
    expect(lost.err).toMatch(/lost rows of "people".*-- LOSSY.*\[E_MIGRATION_FAILED\]/);
    expect(JSON.parse(lost.out)).toMatchObject({
      rehearsed: [{ name: "003_more" }, { name: "004_less" }],
      failure: null,
      tables: [
        { table: "old", before: 1, after: null, isLoss: false },
        { table: "people", renamedTo: "persons", before: 3, after: 2, isLoss: true },
        { table: "pets", before: null, after: 0, isLoss: false },
      ],
    });
    project.write(
      "migrations/004_less/up.sql",
      "-- LOSSY people: only two are wanted\ndelete from persons where id > 2;",
    );
    expect(await project.run("migrate", "up", "--rehearse", ...at)).toMatchObject({ code: 0 });

    project.write("migrations/005_bad/up.sql", "insert into persons (id) values (1);");
    const bad = await project.run("migrate", "up", "--rehearse", "--json", ...at);
    expect(bad.code).toBe(1);
    expect(bad.err).toMatch(/"005_bad" failed at statement 1/);
    expect(JSON.parse(bad.out)).toMatchObject({
      rehearsed: [{ name: "003_more" }, { name: "004_less" }],
      failure: { code: "E_MIGRATION_FAILED" },
    });
    expect(await contentsOf()).toEqual(before);
    await database.drop();
  });
}

for (const server of testServers().filter(({ name }) => name === "mariadb")) {
  test("rehearses nothing that would reach the database itself", async () => {
    const database = await createTestDatabase(server);
    const name = new URL(database.url).pathname.slice(1);
    const project = projectOf({
      "migrations/003_reaching/up.sql": `delete from ${name}.people;`,
    });
    await project.run("migrate", "up", "-n", "2", "--url", database.url);
    const answer = await project.run("migrate", "up", "--rehearse", "--url", database.url);
    expect(answer.err).toMatch(/"003_reaching", which names the database.*\[E_UNSUPPORTED\]/);
    await database.drop();
  });
}

test("rehearses `up` alone", async () => {
  const answer = await projectOf({}).run("migrate", "down", "--rehearse", "--url", "sqlite:x.db");
  expect(answer).toMatchObject({ code: 1 });
  expect(answer.err).toMatch(/takes no --rehearse.*It is for `plinth migrate up`/);
});

const hook = fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url));
const bin = fileURLToPath(new URL("bin.ts", import.meta.url));

for (const server of testServers().filter(({ name }) => name.startsWith("postgres"))) {
  test(`leaves no copy on ${server.name} when it is told to end`, { timeout: 60_000 }, async () => {
    const database = await createTestDatabase(server);
    const project = createProject({ "migrations/001_slow/up.sql": "select pg_sleep(45);" });
    projects.push(project);
    const db = await connect(server.url!);
    const copies = async (): Promise<string[]> => {
      const { rows } = await db.execute<{ name: string }>(
        sql`select datname as name from pg_stat_activity where query like 'select pg_sleep(45)%' and datname like 'plinth_scratch_%'`,
      );
      return rows.map(({ name }) => name);
    };
    const others = new Set(await copies());
    const argv = ["migrate", "up", "--rehearse", "--url", database.url];
    const child = spawn(process.execPath, ["--import", hook, bin, ...argv], {
      cwd: project.folder,
      stdio: "ignore",
    });
    const end = once(child, "close");
    let copy: string | undefined;
    while (copy === undefined && child.exitCode === null) {
      await sleep(50);
      copy = (await copies()).find((name) => !others.has(name));
    }
    child.kill("SIGINT");
    const [code] = (await end) as [number | null];
    expect(code).not.toBe(0);
    expect(copy).toBeDefined();
    const { rows } = await db.execute(
      sql`select datname from pg_database where datname = ${copy!}`,
    );
    expect(rows).toEqual([]);
    await db.close();
    await database.drop();
  });
}
