// From a database that others made to migrations that go on from it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { loadChinook } from "../../examples/chinook/load.ts";
import { createProject, type TestProject } from "../cli/project.ts";
import { read, script } from "../inspect/kit.ts";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

async function onChinook(
  server: TestServer,
  work: (project: TestProject, url: string) => Promise<void>,
): Promise<void> {
  const database = await createTestDatabase(server);
  try {
    await using db = await connect(database.url);
    await loadChinook(db);
    const project = createProject();
    projects.push(project);
    await work(project, database.url);
  } finally {
    await database.drop();
  }
}

const servers = testServers().filter(({ name }) => name !== "sqlite memory");

describe.each(servers)("Chinook on $name", (server) => {
  test("is adopted: no change, then a change, there and back", { timeout: 120_000 }, async () => {
    await onChinook(server, async (project, url) => {
      const at = ["--url", url];
      const wrote = await project.spawn("entities", ...at);
      expect(wrote).toMatchObject({ code: 0, err: "" });
      expect(wrote.out).toMatch(/^wrote {2}schema\.ts\n11 tables, 0 views, 24 relations\n/);

      expect(await project.spawn("migrate", "generate", "init", ...at)).toMatchObject({ code: 0 });
      expect((await project.spawn("migrate", "baseline", ...at)).out).toMatch(
        /_init {3}\(not run\)/,
      );
      const again = await project.spawn("migrate", "generate", "nothing", ...at);
      expect(again).toEqual({ code: 0, err: "", out: "the schema has not changed\n" });
      const drift = await project.spawn("migrate", "drift", ...at);
      expect(drift).toEqual({ code: 0, err: "", out: "the database is what the schema says\n" });

      const file = join(project.folder, "schema.ts");
      const text = readFileSync(file, "utf8")
        .replace("import {", 'import { integer as whole } from "plinth";\nimport {')
        .replace(/^ {4}\w+: varchar\(.*\n/m, "$&    nickname: whole(),\n");
      writeFileSync(file, text);
      const made = await project.spawn("migrate", "generate", "nickname", ...at);
      expect(made).toMatchObject({ code: 0, err: "" });
      expect((await project.spawn("migrate", "up", ...at)).out).toMatch(/^applied .*_nickname/);
      const count = async (): Promise<number> => {
        await using db = await connect(url);
        const { model } = await read(db);
        return model.tables.flatMap(({ columns }) => columns).length;
      };
      const columnCount = await count();
      const down = await project.spawn("migrate", "down", ...at);
      expect(down).toMatchObject({ code: 0, err: "" });
      expect(await count()).toBe(columnCount - 1);
      expect(readdirSync(join(project.folder, "migrations"))).toHaveLength(2);
    });
  });
});

describe.each(servers.filter(({ name }) => name === "sqlite file"))(
  "on $name",
  { timeout: 120_000 },
  (server) => {
    test("writes a module for each table, and finds nothing to do the second time", async () => {
      await onChinook(server, async (project, url) => {
        const options = ["entities", "--url", url, "--per-table"];
        expect(await project.run(...options, "--check")).toMatchObject({ code: 1 });
        expect(readdirSync(project.folder)).toEqual([]);
        expect(await project.run(...options)).toMatchObject({ code: 0 });
        expect(readdirSync(join(project.folder, "schema"))).toHaveLength(12);
        expect(await project.run(...options, "--check")).toMatchObject({ code: 0 });
        const again = await project.run(
          "entities",
          "--url",
          url,
          "--out",
          "schema/index.ts",
          "--json",
        );
        const { files, ...counts } = JSON.parse(again.out) as { files: { state: string }[] };
        expect(new Set(files.map(({ state }) => state))).toEqual(new Set(["unchanged"]));
        expect(counts).toEqual({ changes: [], tables: 11, views: 0, relations: 24, leftAlone: [] });
      });
    });

    test("takes the tables that are asked for, and tells keys that lead to others", async () => {
      await onChinook(server, async (project, url) => {
        const options = ["--url", url, "--tables", "A*", "--ignore", "Artist", "--out", "a.ts"];
        expect(await project.run("entities", ...options)).toMatchObject({ code: 0 });
        const text = readFileSync(join(project.folder, "a.ts"), "utf8");
        expect(text.match(/ table\(/g)).toHaveLength(1);
        expect(text).toContain('to "Artist", which is not among these tables');
      });
    });

    test("writes over nothing that it didn't write, unless it is forced to", async () => {
      await onChinook(server, async (project, url) => {
        project.write("schema.ts", "// mine\n");
        const refused = await project.run("entities", "--url", url);
        expect(refused.code).toBe(1);
        expect(refused.err).toContain("schema.ts was not written by `plinth entities`");
        expect(readFileSync(join(project.folder, "schema.ts"), "utf8")).toBe("// mine\n");
        expect(await project.run("entities", "--url", url, "--force")).toMatchObject({ code: 0 });
      });
    });

    test("refuses what it can't do, with what to do", async () => {
      const database = await createTestDatabase(server);
      const project = createProject();
      projects.push(project);
      const { url } = database;
      await (await connect(url)).close();
      const refusals = [
        [["--url", url], "The database has no tables to write."],
        [["--url", url, "users"], "There is no `plinth entities users`."],
        [["--url", url, "--per-table", "--out", "a.ts"], "--per-table writes several"],
      ] as const;
      for (const [options, message] of refusals) {
        const { code, err } = await project.run("entities", ...options);
        expect(code).toBe(1);
        expect(err).toContain(message);
      }
      await database.drop();
    });

    test("tells what it leaves alone in the module and at the end", async () => {
      const database = await createTestDatabase(server);
      const project = createProject();
      projects.push(project);
      await using db = await connect(database.url);
      await script(
        db,
        "create table t (id integer primary key); create trigger changed after update on t begin select 1; end",
      );
      const { out } = await project.run("entities", "--url", database.url);
      expect(out).toContain('\n  trigger "changed" of t\n');
      expect(readFileSync(join(project.folder, "schema.ts"), "utf8")).toContain(
        '// In the database, and left alone by Plinth:\n// - trigger "changed"\nexport const tTable',
      );
      await database.drop();
    });
  },
);
