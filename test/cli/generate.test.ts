import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { runProgram } from "../docs/run-program.ts";
import { createProject, type Answer, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const first = `import { integer, table, varchar } from "plinth";
export const users = table("users", { id: integer().primaryKey(), name: varchar({ length: 20 }).notNull() });
`;
const second = first.replace(
  "name: varchar",
  "points: integer().notNull().default(0), fullName: varchar",
);

function projectOf(config: string, more: Readonly<Record<string, string>> = {}): TestProject {
  const project = createProject({
    "plinth.config.ts": `import { defineConfig } from "plinth";\nexport default defineConfig(${config});\n`,
    "schema.ts": first,
    ...more,
  });
  projects.push(project);
  return project;
}

function filesOf(project: TestProject, folder = "migrations"): string[] {
  return readdirSync(join(project.folder, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes("."))
    .map((path) => path.replace(/\d{14}/, "T"))
    .toSorted();
}

test(
  "writes a migration of what changed, which runs there and back",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`{ url: "sqlite:app.db" }`);
    const made = await project.spawn("migrate", "generate", "users");
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(filesOf(project)).toEqual([
      "T_users/snapshot.json",
      "T_users/sqlite.down.sql",
      "T_users/sqlite.up.sql",
    ]);
    expect((await project.spawn("migrate", "up")).out).toMatch(/^applied .*_users/);
    expect((await project.spawn("migrate", "generate", "again")).out).toBe(
      "the schema has not changed\n",
    );

    project.write("schema.ts", second);
    const asked = await project.spawn("migrate", "generate", "points");
    expect(asked.code).toBe(1);
    expect(asked.err).toMatch(
      /users\.name is gone.*--rename users\.name=full_name.*--drop users\.name/,
    );
    const dry = await project.spawn(
      "migrate",
      "generate",
      "points",
      "--rename",
      "users.name=full_name",
      "--dry-run",
    );
    expect(dry.out).toMatch(/rename column "name" to "full_name"/);
    const named = await project.spawn(
      "migrate",
      "generate",
      "points",
      "--rename",
      "users.name=full_name",
    );
    expect(named).toMatchObject({ code: 0, err: "" });
    expect((await project.spawn("migrate", "up")).out).toMatch(/^applied .*_points/);
    expect((await project.spawn("migrate", "down", "-n", "9")).out.match(/reverted/g)).toHaveLength(
      2,
    );
    expect((await project.spawn("migrate", "up")).out.match(/applied/g)).toHaveLength(2);
  },
);

test("asks where somebody reads it, and names the flags where nobody answers", async () => {
  const project = projectOf(`{ url: "sqlite:app.db" }`);
  await project.spawn("migrate", "generate", "users");
  project.write("schema.ts", second);
  const known = filesOf(project);
  const bin = fileURLToPath(new URL("bin.ts", import.meta.url));
  const flags = /^plinth: The column users\.name is gone.*--rename users\.name=full_name.*\n$/;
  /** On a terminal whose input ends at once. */
  const runOn = (terminals: string, ...more: string[]): Promise<Answer> =>
    runProgram(bin, {
      parameters: ["migrate", "generate", "points", ...more],
      folder: project.folder,
      flags: ["--import", `data:text/javascript,${terminals}; process.stdin.push(null)`],
    });
  const both = "process.stdin.isTTY = process.stdout.isTTY = true";

  const asked = await runOn(both);
  expect(asked).toMatchObject({ code: 1, err: expect.stringMatching(flags) });
  expect(asked.out).toMatch(/it is full_name now/);
  for (const unseen of [await runOn("process.stdin.isTTY = true"), await runOn(both, "--json")])
    expect(unseen).toMatchObject({ code: 1, out: "", err: expect.stringMatching(flags) });
  expect(filesOf(project)).toEqual(known);
});

test("tells in a sentence what the operating system refuses", async () => {
  const project = projectOf(`{ url: "sqlite:app.db" }`);
  const made = await project.spawn("migrate", "generate", "x".repeat(300), "--empty");
  expect(made).toMatchObject({ code: 1, out: "" });
  expect(made.err).toMatch(/^plinth: ENAMETOOLONG.*shorter name\. \[E_CONFIG\]\n$/);
});

test(
  "marks what goes with its data, and leaves room for SQL by hand",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`{ url: "sqlite:app.db" }`);
    await project.spawn("migrate", "generate", "users");
    project.write("schema.ts", first.replace(/, name: varchar.*notNull\(\)/, ""));
    const dropped = await project.spawn("migrate", "generate", "nameless", "--json");
    const { files, hazards } = JSON.parse(dropped.out) as { files: string[]; hazards: object[] };
    expect(hazards).toMatchObject([{ id: "DS103", kind: "lossy" }]);
    const textOf = (way: string): string =>
      readFileSync(
        join(
          project.folder,
          files.find((path) => path.includes(way))!,
        ),
        "utf8",
      );
    expect(textOf(".up.")).toMatch(/^-- LOSSY DS103/m);
    expect(textOf(".down.")).toMatch(/^-- IRREVERSIBLE DS103/m);

    const empty = await project.spawn("migrate", "generate", "rows", "--empty");
    expect(empty).toMatchObject({ code: 0, err: "" });
    expect((await project.spawn("migrate", "generate", "none")).out).toBe(
      "the schema has not changed\n",
    );
    expect(await project.spawn("migrate", "up")).toMatchObject({ code: 0, err: "" });
  },
);

test("tells two branches from one history", { timeout: 60_000 }, async () => {
  const project = projectOf(`{ url: "sqlite:app.db" }`);
  await project.spawn("migrate", "generate", "users");
  project.write("schema.ts", second.replace("fullName", "name"));
  await project.spawn("migrate", "generate", "mine");
  const mine = readdirSync(join(project.folder, "migrations")).at(-1)!;
  for (const file of readdirSync(join(project.folder, "migrations", mine)))
    project.write(
      `migrations/29990101000000_theirs/${file}`,
      readFileSync(join(project.folder, "migrations", mine, file), "utf8").replaceAll(
        "points",
        "marks",
      ),
    );
  const both = await project.spawn("migrate", "generate", "more");
  expect(both.err).toMatch(
    /_mine" and "29990101000000_theirs" both start from.*\[E_MIGRATION_CONFLICT\]/,
  );
});

test("keeps the layouts that projects have", { timeout: 60_000 }, async () => {
  const forward = projectOf(
    `{ url: "sqlite:app.db", migrations: { folder: "db", layout: "files", numbering: "sequence", down: false } }`,
  );
  await forward.spawn("migrate", "generate", "initial_schema");
  expect(filesOf(forward, "db")).toEqual([
    "001_initial_schema.snapshot.json",
    "001_initial_schema.sql",
  ]);
  expect((await forward.spawn("migrate", "up")).out).toMatch(/^applied {3}001_initial_schema/);

  const seaOrm = projectOf(`{ url: "sqlite:app.db", migrations: { numbering: "m-timestamp" } }`);
  await seaOrm.spawn("migrate", "generate", "create_users");
  expect(readdirSync(join(seaOrm.folder, "migrations"))[0]).toMatch(/^m\d{8}_\d{6}_create_users$/);

  const several = projectOf(
    `{ url: "sqlite:app.db", migrations: { sqlite: "migrations.sqlite", postgres: "migrations_postgres" } }`,
  );
  await several.spawn(
    "migrate",
    "generate",
    "users",
    "--database",
    "sqlite",
    "--database",
    "postgres",
  );
  expect(filesOf(several, "migrations.sqlite")).toContain("T_users/sqlite.up.sql");
  expect(filesOf(several, "migrations_postgres")).toContain("T_users/postgres.up.sql");
  expect(existsSync(join(several.folder, "migrations"))).toBe(false);
});

test("says what is missing", { timeout: 60_000 }, async () => {
  const project = projectOf(`{ url: "sqlite:app.db", schema: "nowhere.ts" }`);
  expect((await project.spawn("migrate", "generate")).err).toMatch(/takes one name/);
  expect((await project.spawn("migrate", "generate", "x y")).err).toMatch(
    /nowhere\.ts.*plinth init/,
  );
  project.write("nowhere.ts", "export const nothing = 1;");
  expect((await project.spawn("migrate", "generate", "x")).err).toMatch(/exports no table/);
  expect((await project.spawn("migrate", "generate", "x", "--database", "oracle")).err).toMatch(
    /no database "oracle".*Known are/,
  );
});

for (const server of testServers().filter(({ url }) => url !== undefined)) {
  test(`makes what ${server.name} runs there and back`, { timeout: 60_000 }, async () => {
    const database = await createTestDatabase(server);
    const project = projectOf(`{ url: ${JSON.stringify(database.url)} }`);
    for (const [schema, flags] of [
      [first, []],
      [second, ["--rename", "users.name=full_name"]],
    ] as const) {
      project.write("schema.ts", schema);
      expect(await project.spawn("migrate", "generate", "next", ...flags)).toMatchObject({
        code: 0,
        err: "",
      });
    }
    expect(await project.spawn("migrate", "up")).toMatchObject({ code: 0, err: "" });
    expect((await project.spawn("migrate", "refresh")).out.match(/applied/g)).toHaveLength(2);
    await database.drop();
  });
}

for (const server of testServers().filter(({ url }) => url !== undefined)) {
  test(
    `adds ${server.name} to a project that has begun on SQLite`,
    { timeout: 60_000 },
    async () => {
      const project = projectOf(`{ url: "sqlite:app.db" }`);
      await project.spawn("migrate", "generate", "users");
      await project.spawn("migrate", "generate", "rows", "--empty");
      project.write("schema.ts", second.replace("fullName", "name"));
      await project.spawn("migrate", "generate", "points");
      const database = await createTestDatabase(server);
      const scheme = database.url.split(":")[0]!;
      const filled = await project.spawn("migrate", "generate", "--fill", "--database", scheme);
      expect(filled).toMatchObject({ code: 0, err: "" });
      expect(filled.out.match(/wrote {2}/g)).toHaveLength(6);
      expect(filled.out.match(/write it by hand/g)).toHaveLength(2);
      const url = ["--url", database.url];
      expect(await project.spawn("migrate", "up", ...url)).toMatchObject({ code: 0, err: "" });
      expect(
        (await project.spawn("migrate", "refresh", ...url)).out.match(/applied/g),
      ).toHaveLength(3);
      expect((await project.spawn("migrate", "generate", "none", ...url)).out).toBe(
        "the schema has not changed\n",
      );
      await database.drop();
    },
  );
}
