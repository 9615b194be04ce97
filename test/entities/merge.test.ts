// What people change in written modules stays, as long as it means what the database has.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type Database } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { createProject, type TestProject } from "../cli/project.ts";
import { script } from "../inspect/kit.ts";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";
import { compileErrors } from "./kit.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

interface Bench {
  readonly db: Database;
  readonly project: TestProject;
  readonly url: string;
  /** Runs the command, which is to succeed. */
  entities(...options: readonly string[]): Promise<string>;
  text(path?: string): string;
  edit(path: string, ...pairs: readonly (readonly [string, string])[]): void;
}

async function onBench(
  server: TestServer,
  tables: string,
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase(server);
  try {
    await using db = await connect(database.url);
    await script(db, tables);
    const project = createProject();
    projects.push(project);
    const pathOf = (path: string): string => join(project.folder, path);
    await work({
      db,
      project,
      url: database.url,
      async entities(...options) {
        const { code, err, out } = await project.spawn(
          "entities",
          "--url",
          database.url,
          ...options,
        );
        expect(err).toBe("");
        expect(code).toBe(0);
        return out;
      },
      text: (path = "schema.ts") => readFileSync(pathOf(path), "utf8"),
      edit(path, ...pairs) {
        let text = readFileSync(pathOf(path), "utf8");
        for (const [from, to] of pairs) {
          expect(text).toContain(from);
          text = text.replace(from, () => to);
        }
        writeFileSync(pathOf(path), text);
      },
    });
  } finally {
    await database.drop();
  }
}

const TABLES = `
create table users (
  id integer not null primary key, email varchar(200) not null, settings varchar(500), nick varchar(20), created_by integer,
  constraint users_created_by_fkey foreign key (created_by) references users (id)
);
create table posts (
  id integer not null primary key, author_id integer not null, title varchar(80) not null, visits integer not null default 0,
  constraint posts_author_id_fkey foreign key (author_id) references users (id)
);
create index posts_title_idx on posts (title);
create table tags (id integer not null primary key, label varchar(30) not null);
`;

const EDITS = [
  ["import { ", 'import { eq } from "plinth";\nimport { '],
  ["export const posts = table(", "// What people read.\nexport const posts = table("],
] as const;

const servers = testServers().filter(
  ({ name }) => name !== "sqlite memory" && name !== "postgres 15",
);

describe.each(servers)("on $name", (server) => {
  test(
    "edits stay, and the database's changes come in beside them",
    { timeout: 90_000 },
    async () => {
      await onBench(server, TABLES, async ({ db, edit, entities, project, text, url }) => {
        await entities();
        const idOf = (constant: string): string =>
          new RegExp(`const ${constant} = table\\([^]*?\\n( +id: .*)`).exec(text())![1]!;
        const [visits, type, options] = /visits: (\w+)\((.*?)\)(?=\.)/.exec(text())!;
        const named = options === "" ? '"visits"' : `"visits", ${options}`;
        edit(
          "schema.ts",
          ...EDITS,
          [visits, `/** Counted at night. */\n    views: ${type}(${named})`],
          [idOf("tags"), `${idOf("tags").replace(/,$/, "")}.$default(() => 7), // the program's`],
          ["author: r.one(users)", "writer: r.one(users)"],
          [
            "export const schema",
            'export const isAda = () => eq(users.email, "ada");\n\nexport const schema',
          ],
        );
        const edited = text();
        expect(await entities()).toMatch(/^nothing has changed\n/);
        expect(text()).toBe(edited);

        await script(
          db,
          `alter table posts add column summary varchar(200);
         create table likes (post_id integer not null references posts (id), user_id integer not null references users (id), primary key (post_id, user_id));
         drop table tags;`,
        );
        const out = await entities();
        expect(out).toContain("posts.summary is new");
        expect(out).toContain("likes is new");
        expect(out).toContain("tags is gone");
        const merged = text();
        expect(merged).toContain("// What people read.\nexport const posts = table(");
        expect(merged).toContain("/** Counted at night. */\n    views:");
        expect(merged).toMatch(/views: \w+\("visits".*\n +summary: varchar\(/);
        expect(merged).toContain("writer: r.one(users)");
        expect(merged).not.toContain("author: r.one");
        expect(merged).not.toContain("tags");
        expect(merged).toContain("export const isAda");
        expect(merged).toMatch(/export const likes = table\(/);
        // MariaDB overlooks `references` beside a column of MySQL's, but keeps it of its own.
        expect(merged).toMatch(/likes: r\.many\(likes\)/);
        expect(compileErrors(project.folder)).toBe("");

        const drift = await project.spawn("migrate", "drift", "--url", url);
        expect(drift.out).toContain("the database is what");
        expect(await entities()).toMatch(/^nothing has changed\n/);
        expect(text()).toBe(merged);
      });
    },
  );
});
