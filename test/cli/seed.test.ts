import { connect, sql } from "plinth";
import { defineSeed, seed } from "plinth/seed";
import { databaseTest } from "plinth/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { testServers } from "../servers/databases.ts";
import { schema, users } from "../testing/tables.ts";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const project of projects.splice(0)) project.remove();
});

async function projectWith(files: Readonly<Record<string, string>>): Promise<TestProject> {
  vi.stubEnv("DATABASE_URL", undefined);
  vi.stubEnv("NODE_ENV", undefined);
  const project = createProject({
    "plinth.config.mjs": `export default { url: "sqlite:app.db" };`,
    ...files,
  });
  projects.push(project);
  await using db = await connect(`sqlite:${project.folder}/app.db`);
  await db.execute(sql`create table roles (name text primary key, rank integer not null)`);
  return project;
}

async function rolesOf(project: TestProject): Promise<unknown[]> {
  await using db = await connect(`sqlite:${project.folder}/app.db`);
  return (await db.execute(sql`select name, rank from roles order by name`)).rows;
}

const upsert = (rank: number): string =>
  `insert into roles values ('admin', ${rank}) on conflict (name) do update set rank = excluded.rank;`;

describe("plinth seed", () => {
  test("runs each seed once, and again when it was edited", async () => {
    const project = await projectWith({
      "seeds/001_roles.sql": upsert(1),
      "seeds/002_more.mjs": `export default async (tx) => {
        await tx["~runner"].script("insert into roles values ('user', 2)");
      };`,
    });
    const first = await project.run("seed");
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(
      /^seeded {5}001_roles {2}\d+ ms\nseeded {5}002_more {2}\d+ ms\n2 seeded, 0 unchanged\n$/,
    );
    expect((await project.run("seed")).out).toBe(
      "unchanged  001_roles\nunchanged  002_more\n0 seeded, 2 unchanged\n",
    );

    project.write("seeds/001_roles.sql", upsert(5));
    const { out } = await project.run("seed", "--json");
    expect(JSON.parse(out)).toMatchObject({
      seeds: [
        { name: "001_roles", state: "seeded" },
        { name: "002_more", state: "unchanged" },
      ],
    });
    expect(await rolesOf(project)).toEqual([
      { name: "admin", rank: 5 },
      { name: "user", rank: 2 },
    ]);
  });

  test("reads the folder of its environment behind those for all", async () => {
    const project = await projectWith({
      "seeds/9_roles.sql": upsert(1),
      "seeds/development/1_people.sql": "insert into roles values ('ada', 1)",
      "seeds/production/1_owner.sql": "insert into roles values ('owner', 1)",
      "data/only.sql": "insert into roles values ('only', 1)",
    });
    expect((await project.run("seed", "--env", "production")).out).toContain("production/1_owner");
    expect((await project.run("seed")).out).toMatch(/unchanged {2}9_roles\nseeded {5}development/);
    expect((await project.run("seed", "--folder", "data")).out).toContain("only");
    expect(await rolesOf(project)).toHaveLength(4);
  });

  test("takes the file for its database before the one for all", async () => {
    const project = await projectWith({
      "seeds/1_roles.sql": "this is for others",
      "seeds/1_roles.sqlite.sql": upsert(3),
    });
    expect(await project.run("seed")).toMatchObject({ code: 0 });
    project.write("seeds/2_more.postgres.sql", "select 1");
    expect((await project.run("seed")).err).toContain('The seed "2_more" has nothing for sqlite.');
  });

  test("writes nothing when one of them fails", async () => {
    const project = await projectWith({
      "seeds/1_roles.sql": upsert(1),
      "seeds/2_wrong.sql": "insert into roles values ('x', null)",
    });
    const { code, out, err } = await project.run("seed");
    expect(code).toBe(1);
    expect(out).toMatch(/failed {5}2_wrong/);
    expect(err).toContain("[E_NOT_NULL_VIOLATION]");
    expect(await rolesOf(project)).toEqual([]);
    expect((await project.run("seed")).out).toMatch(/^seeded {5}1_roles/);
  });

  test("asks before it writes into a database that is elsewhere", async () => {
    const project = await projectWith({ "seeds/1_roles.sql": upsert(1) });
    const answer = await project.run("seed", "--url", "postgres://app@db.example.org/app");
    expect(answer).toMatchObject({ code: 1 });
    expect(answer.err).toContain("Add --yes if that is what you want.");
  });

  test.each([
    [["seed", "--folder", "nowhere"], "There is no folder of seeds"],
    [["seed", "--env", "../x"], "The environment of the seeds is no name."],
    [["seed", "up"], "There is no `plinth seed up`."],
  ])("refuses %j", async (argv, message) => {
    const project = await projectWith({ "seeds/1_roles.sql": upsert(1) });
    expect((await project.run(...argv)).err).toContain(message);
  });

  test("tells what it takes", async () => {
    expect((await createProject().run("seed", "--help")).out).toContain("--again");
  });
});

for (const { name, url = "sqlite::memory:" } of testServers()) {
  const own = databaseTest.extend({ url, schema });

  describe(name, () => {
    own("seeds once from a program's own list", async ({ db }) => {
      const seeds = [
        { name: "1_ada", run: "insert into users (name) values ('Ada')" },
        {
          name: "2_grace",
          run: defineSeed(async (tx) => {
            await tx.insert(users).values({ name: "Grace" });
          }),
        },
      ];
      const states = async (): Promise<string[]> =>
        (await seed(db, { seeds })).map(({ state }) => state);
      expect(await Promise.all([states(), states()])).toEqual(
        expect.arrayContaining([
          ["seeded", "seeded"],
          ["unchanged", "unchanged"],
        ]),
      );
      await expect(seed(db, { seeds, again: true })).rejects.toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
      await expect(seed(db, { seeds: [seeds[0]!, seeds[0]!] })).rejects.toMatchObject({
        code: "E_CONFIG",
      });
      expect(await db.from(users).count()).toBe(2);
    });
  });
}
