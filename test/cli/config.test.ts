import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { connect, defineConfig } from "plinth";
import { migrate } from "plinth/migrate";
import { afterAll, afterEach, expect, test } from "vitest";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const variables = ["PLINTH_TEST_FIRST", "PLINTH_TEST_SECOND"];
afterEach(() => {
  for (const variable of variables) delete process.env[variable];
});

function projectOf(files: Readonly<Record<string, string>>): TestProject {
  const project = createProject({
    "schema.ts": `import { integer, table } from "plinth";
export const users = table("users", { id: integer().primaryKey() });
`,
    ...files,
  });
  projects.push(project);
  return project;
}

test(
  "takes the first variable that is set, and .env before the configuration is read",
  { timeout: 60_000 },
  async () => {
    const project = projectOf({
      ".env": "PLINTH_TEST_SECOND=sqlite:second.db\n",
      "plinth.config.ts": `export default {
        env: ${JSON.stringify(variables)},
        url: "sqlite:last.db",
        migrations: process.env["PLINTH_TEST_SECOND"] === undefined ? "unseen" : "seen",
      };`,
    });
    await project.spawn("migrate", "generate", "users");
    expect(await project.spawn("migrate", "up")).toMatchObject({ code: 0, err: "" });
    expect(existsSync(join(project.folder, "seen"))).toBe(true);
    expect(existsSync(join(project.folder, "second.db"))).toBe(true);

    process.env["PLINTH_TEST_FIRST"] = "sqlite:first.db";
    await project.spawn("migrate", "up");
    expect(existsSync(join(project.folder, "first.db"))).toBe(true);
    expect(existsSync(join(project.folder, "last.db"))).toBe(false);
  },
);

test(
  "reads JSON, and writes plain files into a folder for each database",
  { timeout: 60_000 },
  async () => {
    const folder = { sqlite: "migrations.sqlite", mysql: "migrations_mysql" };
    const project = projectOf({
      "config.json": JSON.stringify({
        url: "sqlite:app.db",
        migrations: {
          folder,
          layout: "files",
          numbering: "sequence",
          databases: ["sqlite", "mysql"],
        },
      }),
      "broken.json": "{",
    });
    const made = await project.spawn("migrate", "generate", "initial_schema", "-c", "config.json");
    expect(made).toMatchObject({ code: 0, err: "" });
    for (const own of Object.values(folder)) {
      expect(readdirSync(join(project.folder, own)).toSorted()).toEqual([
        "001_initial_schema.down.sql",
        "001_initial_schema.snapshot.json",
        "001_initial_schema.up.sql",
      ]);
    }
    expect((await project.spawn("migrate", "up", "-c", "config.json")).out).toMatch(/^applied/);
    expect((await project.run("migrate", "up", "-c", "broken.json")).err).toMatch(/is not JSON/);

    const absolute = (own: string): string => join(project.folder, own);
    const db = await connect("sqlite::memory:");
    const folders = { sqlite: absolute(folder.sqlite), mysql: absolute(folder.mysql) };
    expect(await migrate(db, { folder: folders })).toMatchObject([{ name: "001_initial_schema" }]);
    await expect(migrate(db, { folder: { postgres: folders.sqlite } })).rejects.toMatchObject({
      code: "E_CONFIG",
      message: expect.stringContaining("No folder of migrations is named for sqlite."),
    });
    await db.close();
  },
);

test("leads a program to the database of the command line", async () => {
  const config = defineConfig({
    env: variables,
    url: "sqlite::memory:",
    naming: { tables: "PascalCase" },
  });
  const db = await connect(config);
  expect(db.server.product).toBe("sqlite");
  await db.close();

  process.env["PLINTH_TEST_SECOND"] = "nonsense:";
  await expect(connect(config)).rejects.toMatchObject({ code: "E_CONFIG" });
  await expect(connect({ env: "PLINTH_TEST_FIRST" })).rejects.toMatchObject({
    code: "E_CONFIG",
    message: expect.stringContaining("PLINTH_TEST_FIRST is not set"),
  });
});

test("a package that isn't installed is named, and no stack is printed", async () => {
  const project = projectOf({
    "plinth.config.ts": 'import "not-installed";\nexport default {};\n',
  });
  const { code, err } = await project.spawn("tables", "--url", "sqlite::memory:");
  expect(code).toBe(1);
  expect(err).toMatch(
    /^plinth: Cannot find package 'not-installed' imported from .*plinth\.config\.ts\. Look .* npm install \[E_CONFIG\]\n$/,
  );
});
