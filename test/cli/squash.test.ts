import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, sql } from "plinth";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type Answer, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const schemaOf = (
  columns: string,
  more = "",
): string => `import { enumType, index, integer, table, varchar } from "plinth";
export const mood = enumType("mood", ["good", "bad"]);
export const users = table("users", {
  id: integer().primaryKey(),
  ${columns}
}, (t) => [index("by_name").on(t.name)]);
${more}`;
const V1 = schemaOf("name: varchar({ length: 20 }).notNull(),");
const V2 = schemaOf(
  "points: integer().notNull().default(7), name: varchar({ length: 40 }).notNull(), mood: mood(),",
  'export const pets = table("pets", { id: integer().primaryKey(), userId: integer().references(() => users.id) }, (t) => [index().on(t.userId)]);',
);
const V3 = V2.replace("points:", "nick: varchar({ length: 9 }), points:");

const LAYOUTS = {
  folders: `migrations: "migrations"`,
  files: `migrations: { layout: "files", numbering: "sequence" }`,
  "m-timestamps": `migrations: { numbering: "m-timestamp" }`,
} as const;

async function prepare(
  url: string,
  layout: keyof typeof LAYOUTS,
): Promise<{ project: TestProject; run(...argv: string[]): Promise<Answer>; names(): string[] }> {
  const project = createProject({
    "plinth.config.ts": `export default { url: ${JSON.stringify(url)}, ${LAYOUTS[layout]} };`,
  });
  projects.push(project);
  const run = (...argv: string[]): Promise<Answer> => project.spawn("migrate", ...argv);
  const names = (): string[] =>
    [
      ...new Set(
        readdirSync(join(project.folder, "migrations")).map((name) =>
          name.replace(/\.(?:up|down)\.sql$|\.snapshot\.json$|\.ts$/, ""),
        ),
      ),
    ].toSorted();
  return { project, run, names };
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  // Each layout on one server, all of them on SQLite.
  const layouts: (keyof typeof LAYOUTS)[] =
    server.name === "sqlite file" ? ["folders", "files", "m-timestamps"] : ["folders"];
  test.for(layouts)(
    `one migration takes the place of many on ${server.name}, in the layout %s`,
    { timeout: 120_000 },
    async (layout) => {
      const database = await createTestDatabase(server);
      const partly = await createTestDatabase(server);
      const { project, run, names } = await prepare(database.url, layout);
      for (const [at, schema] of [V1, V2].entries()) {
        project.write("schema.ts", schema);
        expect(await run("generate", `v${at + 1}`)).toMatchObject({ code: 0 });
      }
      expect(await run("up", "-n", "1", "--url", partly.url)).toMatchObject({ code: 0 });
      expect(await run("up")).toMatchObject({ code: 0 });
      project.write("schema.ts", V3);
      expect(await run("generate", "v3")).toMatchObject({ code: 0 });
      const [first = "", second = "", third = ""] = names();

      const shown = await run("squash", "--to", second, "--dry-run");
      expect(shown).toMatchObject({ code: 0, err: "" });
      expect(names()).toEqual([first, second, third]);
      const squashed = await run("squash", "--to", second);
      expect(squashed).toMatchObject({ code: 0, err: "" });
      expect(squashed.out).toMatch(/proven on \w+: both make the same 2 tables\n$/);
      const [own = "", ...rest] = names();
      expect(own).toBe(`${first.replace(/_v1$/, "")}_squashed`);
      expect(rest).toEqual([third]);

      // The one that had all of them takes it for applied, and goes on.
      const status = JSON.parse((await run("status", "--json")).out) as object[];
      expect(status).toMatchObject([
        { name: own, state: "applied" },
        { name: third, state: "pending" },
      ]);
      const up = await run("up", "--json");
      expect(JSON.parse(up.out)).toMatchObject({ applied: [{ name: third }] });
      expect(await run("drift")).toMatchObject({ code: 0 });
      expect((await run("generate", "none")).out).toBe("the schema has not changed\n");

      // The one that had a part is refused, with what mends it.
      const refused = await run("up", "--url", partly.url);
      expect(refused.err).toMatch(
        /squashed" stands for several, and only some of those are applied here\. .*`plinth migrate up`.*repair --mark-applied \S+_squashed.*\[E_MIGRATION_MISSING\]/,
      );
      expect(JSON.parse((await run("status", "--json", "--url", partly.url)).out)).toMatchObject([
        { name: own, state: "partial" },
        { name: third, state: "pending" },
      ]);

      // A new one gets it, and everything goes back.
      const fresh = await createTestDatabase(server);
      expect(await run("up", "--url", fresh.url)).toMatchObject({ code: 0 });
      expect(await run("drift", "--url", fresh.url)).toMatchObject({ code: 0 });
      expect(await run("reset", "--yes", "--url", fresh.url)).toMatchObject({ code: 0, err: "" });
      expect(await run("reset", "--yes")).toMatchObject({ code: 0, err: "" });
      for (const one of [database, partly, fresh]) await one.drop();
    },
  );

  test(
    `rows and code are kept or left out by name on ${server.name}`,
    { timeout: 120_000 },
    async () => {
      const database = await createTestDatabase(server);
      const { project, run, names } = await prepare(database.url, "folders");
      project.write("schema.ts", V1);
      await run("generate", "v1");
      const number = names()[0]!.slice(0, 14);
      project.write(
        `migrations/${number}_wa_rows/up.sql`,
        "insert into users (id, name) values (1, 'a;b'), (2, 'c');\nupdate users set name = 'd' where id = 2;",
      );
      project.write(
        `migrations/${number}_wb_code/migration.ts`,
        `import { defineMigration } from "plinth/migrate";
import { sql } from "plinth";
export default defineMigration({ async up(tx) { await tx.execute(sql\`insert into users (id, name) values (3, 'e')\`); }, async down() {} });`,
      );
      await run("up");
      expect((await run("squash")).err).toMatch(
        /_wb_code runs code, of which SQL would know nothing\. For each say --keep \d+_wb_code.*--drop/,
      );
      const code = ["--keep", `${number}_wb_code`];
      expect((await run("squash", ...code)).err).toMatch(
        /a new database would have other rows: .*users has 3, and 1 then.*\d+_wa_rows wrote them\. For each say --keep NAME/,
      );
      expect(names()).toHaveLength(3);
      expect(
        await run("squash", ...code, "--keep", `${number}_wa_rows`, "--name", "start"),
      ).toMatchObject({ code: 0, err: "" });
      expect(names()).toEqual([`${number}_start`, `${number}_wb_code`]);
      expect(JSON.parse((await run("status", "--json")).out)).toMatchObject([
        { name: `${number}_start`, state: "applied" },
        { name: `${number}_wb_code`, state: "applied" },
      ]);

      const fresh = await createTestDatabase(server);
      expect(await run("up", "--url", fresh.url)).toMatchObject({ code: 0 });
      const db = await connect(fresh.url);
      expect((await db.execute(sql`select id, name from users order by id`)).rows).toEqual([
        { id: 1, name: "a;b" },
        { id: 2, name: "d" },
        { id: 3, name: "e" },
      ]);
      await db.close();
      await fresh.drop();
      await database.drop();
    },
  );

  test(
    `what stands in no snapshot is told, and nothing is written on ${server.name}`,
    { timeout: 120_000 },
    async () => {
      const database = await createTestDatabase(server);
      const { project, run, names } = await prepare(database.url, "folders");
      project.write("schema.ts", V1);
      await run("generate", "v1");
      const number = names()[0]!.slice(0, 14);
      project.write(
        `migrations/${number}_w_view/up.sql`,
        "create view short as select id from users; create table extra (id integer primary key)",
      );
      const before = names();
      const refused = await run("squash");
      expect(refused.code).toBe(1);
      expect(refused.err).toMatch(/makes something else: .*table extra is missing/);
      expect(refused.err).toMatch(/Nothing was written\..*\[E_MIGRATION_CONFLICT\]/);
      expect(names()).toEqual(before);
      await database.drop();
    },
  );
}

test(
  "an edited one among them is told, and marked by hand where it means the same",
  { timeout: 60_000 },
  async () => {
    const [server] = testServers().filter(({ name }) => name === "sqlite file");
    const database = await createTestDatabase(server!);
    const { project, run, names } = await prepare(database.url, "folders");
    project.write("schema.ts", V1);
    await run("generate", "v1");
    project.write("schema.ts", V2);
    await run("generate", "v2");
    await run("up");
    const [first = ""] = names();
    const file = `migrations/${first}/sqlite.up.sql`;
    project.write(file, `${readFileSync(join(project.folder, file), "utf8")}-- a comment\n`);
    expect(await run("squash")).toMatchObject({ code: 0 });
    const [own = ""] = names();
    expect((await run("up")).err).toMatch(/squashed" is not what was applied.*E_MIGRATION_EDITED/);
    expect(await run("repair", "--accept", own)).toMatchObject({ code: 0 });
    expect((await run("up")).out).toBe("nothing is pending\n");
    expect(JSON.parse((await run("status", "--json")).out)).toMatchObject([
      { name: own, state: "applied" },
    ]);

    expect((await run("squash")).err).toMatch(/no two migrations/);
    expect((await run("squash", "--to", "x")).err).toMatch(/There is no migration "x"/);
  },
);

test("several databases in one folder are proven each", { timeout: 60_000 }, async () => {
  const server = testServers().find(({ name }) => name === "postgres 18");
  if (server === undefined) return;
  const database = await createTestDatabase(server);
  const { project, run, names } = await prepare(database.url, "folders");
  project.write(
    "plinth.config.ts",
    `export default { url: ${JSON.stringify(database.url)}, migrations: { databases: ["sqlite", "postgres", "mysql"] } };`,
  );
  for (const [at, schema] of [V1, V2].entries()) {
    project.write("schema.ts", schema);
    await run("generate", `v${at + 1}`);
  }
  expect((await run("squash")).err).toMatch(/server of mysql.*--prove mysql:\/\//);
  project.write(
    "plinth.config.ts",
    `export default { url: ${JSON.stringify(database.url)}, migrations: { databases: ["sqlite", "postgres"] } };`,
  );
  const done = await run("squash");
  expect(done.out).toMatch(/proven on sqlite: .* 2 tables\nproven on postgres: .* 2 tables\n$/);
  expect(names()).toHaveLength(1);
  await database.drop();
});
