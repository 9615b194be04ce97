// `plinth check` of projects for MariaDB, which a server is asked for once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const SCHEMA = `import { decimal, integer, json, table, timestamp, varchar } from "plinth";
export const users = table("users", {
  id: integer().primaryKey(),
  name: varchar({ length: 50 }).notNull(),
  credit: decimal({ precision: 10, scale: 2 }),
  settings: json<{ dark: boolean }>().notNull(),
  createdAt: timestamp().notNull(),
});
`;
const PROGRAM = `db.query("select id, credit, settings, created_at, count(*) as n from users where name = :name group by id");
db.query("insert into users (id, name, settings, created_at) values (?, ?, ?, ?)");
`;

const [server] = testServers().filter(({ name }) => name === "mariadb");

test.runIf(server !== undefined)(
  "a server is asked for what is new, and the metadata stands in for it later",
  { timeout: 120_000 },
  async () => {
    const database = await createTestDatabase(server!);
    const project = createProject({
      "plinth.config.ts": `export default { check: { databases: ["sqlite", "mariadb"] } };`,
      "schema.ts": SCHEMA,
      "app.ts": PROGRAM,
    });
    projects.push(project);
    const without = await project.spawn("check");
    expect(without.code).toBe(1);
    expect(without.out).toMatch(
      "fault     mariadb: New and changed SQL needs a server of mariadb once. Run: plinth check --url mariadb://user@host/database.",
    );
    const first = await project.spawn("check", "--url", database.url);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch("2 queries on sqlite and mariadb, 2 asked now");
    const module = readFileSync(join(project.folder, "plinth.queries.ts"), "utf8");
    expect(module).toMatch(`
        row: {
          id: number;
          credit: string | null;
          settings: UsersRow["settings"];
          created_at: Date;
          n: number;
        };
`);
    expect(module).toMatch(`params: readonly [number, string, UsersRow["settings"], Date];`);
    expect(await project.spawn("check", "--offline")).toMatchObject({ code: 0 });
    expect(await project.spawn("check")).toMatchObject({ code: 0 });
    project.write("app.ts", `${PROGRAM}db.query("select u.nmae from users u");\n`);
    const wrong = await project.spawn("check", "--url", database.url);
    expect(wrong.out).toMatchInlineSnapshot(`
      "app.ts:3:18
        3 | db.query("select u.nmae from users u");
          |                  ^^^^^^
        sqlite: no such column: u.nmae
        mariadb: Unknown column 'u.nmae' in 'SELECT'
        Did you mean "name"?

      wrong     1 problem; 3 queries on sqlite and mariadb
      "
    `);
    expect(await project.spawn("check", "--offline")).toMatchObject({ code: 1 });
    project.write("app.ts", `${PROGRAM}db.query("select id from usres");\n`);
    const missing = await project.spawn("check", "--url", database.url);
    expect(missing.out).toMatch("mariadb: Table 'usres' doesn't exist\n");
    await database.drop();
  },
);
