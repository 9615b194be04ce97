import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, sql } from "plinth";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const schemaOf = (
  columns: string,
): string => `import { index, integer, table, varchar } from "plinth";
export const teams = table("teams", { id: integer().primaryKey() });
export const users = table("users", {
  id: integer().primaryKey(),
  name: varchar({ length: 20 }).notNull(),
  ${columns}
  teamId: integer().references(() => teams.id, { onDelete: "cascade" }),
}, (t) => [index("by_name").on(t.name), index("by_team").on(t.teamId)]);
`;

interface Told {
  readonly hasDrift: boolean;
  readonly pending: readonly string[];
  readonly differences: readonly { readonly text: string }[];
  readonly undeclared: readonly { readonly name: string }[];
  readonly mend: { readonly sql: string };
  readonly keep: { readonly sql: string };
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  const isMariadb = server.name === "mariadb";

  test(
    `tells what somebody changed by hand on ${server.name}, and mends it both ways`,
    { timeout: 120_000 },
    async () => {
      const database = await createTestDatabase(server);
      const project = createProject({
        "plinth.config.ts": `export default { url: ${JSON.stringify(database.url)} };`,
        "schema.ts": schemaOf(""),
      });
      projects.push(project);
      const run = async (...argv: string[]): Promise<{ code: number; out: string }> => {
        const { code, err, out } = await project.spawn("migrate", ...argv);
        expect(err).toBe("");
        return { code, out };
      };
      const byHand = async (...statements: string[]): Promise<void> => {
        const db = await connect(database.url);
        for (const statement of statements) await db.execute(sql.raw(statement) as never);
        await db.close();
      };
      await run("generate", "first");
      await run("up");
      expect(await run("drift")).toEqual({
        code: 0,
        out: "the database is what the schema says\n",
      });

      await byHand(
        `drop index by_name${isMariadb ? " on users" : ""}`,
        "alter table users add column nick text",
        "insert into users (id, name, nick) values (1, 'Ada', 'a')",
        "create table theirs (id integer primary key)",
      );
      const told = await run("drift");
      expect(told.code).toBe(1);
      expect(told.out.split("\n")).toEqual([
        ...[
          "+ column users.nick is not expected: text",
          "- index users.by_name is missing: (name)",
        ].toSorted((one, other) => told.out.indexOf(one) - told.out.indexOf(other)),
        "not in the schema, and left alone: theirs",
        "`plinth migrate drift --sql` prints what makes the database what is expected; with --keep what makes others like it.",
        "",
      ]);
      const data = JSON.parse((await run("drift", "--json", "--ignore", "the*")).out) as Told;
      expect(data).toMatchObject({ hasDrift: true, pending: [], undeclared: [] });
      expect((await run("drift", "--sql")).out).toBe(data.mend.sql);
      expect((await run("drift", "--sql", "--keep")).out).toBe(data.keep.sql);
      expect(data.mend.sql).toMatch(/-- LOSSY DS103: drops column users\.nick/);

      // Another database with the schema becomes like this one.
      const other = await createTestDatabase(server);
      await run("up", "--url", other.url);
      project.write("keep/20990101000000_keep/up.sql", data.keep.sql);
      const [first = ""] = readdirSync(join(project.folder, "migrations"));
      const [file = ""] = readdirSync(join(project.folder, "migrations", first)).filter((name) =>
        name.endsWith("up.sql"),
      );
      project.write(
        `keep/${first}/${file}`,
        readFileSync(join(project.folder, "migrations", first, file), "utf8"),
      );
      project.write(
        "keep.config.ts",
        `export default { url: ${JSON.stringify(other.url)}, migrations: "keep" };`,
      );
      await other.drop();
      const again = await createTestDatabase(server);
      await run("up", "--config", "keep.config.ts", "--url", again.url);
      const like = JSON.parse(
        (await run("drift", "--config", "keep.config.ts", "--url", again.url, "--json")).out,
      ) as Told;
      expect(like.differences).toEqual(data.differences);
      await again.drop();

      // And this one becomes what the schema says, its rows kept.
      const head = "migrations/20990101000000_mend";
      project.write(`${head}/up.sql`, data.mend.sql);
      await run("up");
      expect(await run("drift", "--ignore", "theirs")).toEqual({
        code: 0,
        out: "the database is what the schema says\n",
      });
      const db = await connect(database.url);
      expect((await db.execute(sql`select id, name from users`)).rows).toEqual([
        { id: 1, name: "Ada" },
      ]);
      await db.close();
      await database.drop();
    },
  );

  test(
    `compares with what is applied on ${server.name} while migrations are pending`,
    { timeout: 120_000 },
    async () => {
      const database = await createTestDatabase(server);
      const project = createProject({
        "plinth.config.ts": `export default { url: ${JSON.stringify(database.url)} };`,
        "schema.ts": schemaOf(""),
      });
      projects.push(project);
      await project.spawn("migrate", "generate", "first");
      await project.spawn("migrate", "up");
      project.write("schema.ts", schemaOf("points: integer().notNull().default(7),"));

      const ahead = await project.spawn("migrate", "drift");
      expect(ahead.code).toBe(1);
      expect(ahead.out).toMatch(
        /^The schema has what no migration makes yet.*\n- column users\.points is missing: integer not null default 7\n/,
      );

      await project.spawn("migrate", "generate", "points");
      const [first = "", second = ""] = readdirSync(join(project.folder, "migrations"));
      const pets = `${first.slice(0, 14)}_pets`;
      const pending = await project.spawn("migrate", "drift");
      expect(pending).toMatchObject({ code: 0, err: "" });
      expect(pending.out).toBe(
        `1 migration is pending: ${second}\nThe database is compared with what is applied; \`plinth migrate up\` applies the rest.\nthe database is what its migrations make\n`,
      );

      // SQL by hand has no snapshot: what is applied is applied to a scratch database.
      project.write(`migrations/${pets}/up.sql`, "create table pets (id integer primary key);");
      await project.spawn("migrate", "up", "--to", pets);
      const replayed = await project.spawn("migrate", "drift", "--json");
      expect(JSON.parse(replayed.out)).toMatchObject({
        hasDrift: false,
        pending: [second],
        undeclared: [],
      });
      await database.drop();
    },
  );
}

test(
  "tells what became of a column that nothing converts, and names tables that MyISAM keeps",
  { timeout: 60_000 },
  async () => {
    for (const server of testServers().filter(({ name }) => name === "mariadb")) {
      const database = await createTestDatabase(server);
      const project = createProject({
        "plinth.config.ts": `export default { url: ${JSON.stringify(database.url)} };`,
        "schema.ts": `import { date, integer, table } from "plinth";
export const days = table("days", { id: integer().primaryKey(), day: date().notNull() });
export const logs = table("logs", { id: integer().primaryKey() });`,
      });
      projects.push(project);
      const db = await connect(database.url);
      await db.execute(
        sql.raw("create table days (id int primary key, day int not null)") as never,
      );
      await db.execute(sql.raw("create table logs (id int primary key) engine = MyISAM") as never);
      await db.close();
      const { code, out } = await project.spawn("migrate", "drift");
      expect(code).toBe(1);
      expect(out).toContain(
        "~ column days.day is integer not null, and date not null is expected\n",
      );
      expect(out).toContain(
        "left alone: table logs is kept by MyISAM, which silently ignores foreign keys",
      );
      const { mend } = JSON.parse((await project.spawn("migrate", "drift", "--json")).out) as {
        mend: object;
      };
      expect(mend).toMatchObject({
        sql: null,
        reason: expect.stringMatching(/can't become date/) as string,
      });
      await database.drop();
    }
  },
);
