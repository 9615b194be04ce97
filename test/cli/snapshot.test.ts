import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect, createScratch } from "plinth";
import { afterAll, expect, test } from "vitest";
import { MissingPackageError } from "../../src/core/error.ts";
import { dialectOf } from "../../src/entry/main.ts";
import { replayInPlace } from "../../src/tools/replay-place.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const users = `id: integer().primaryKey(), name: varchar({ length: 20 }).notNull()`;
const schemaOf = (columns: string, more = ""): string =>
  `import { bigint, check, gt, index, integer, table, varchar } from "plinth";
export const users = table("users", { ${columns} }, (t) => [index().on(t.name)]);
${more}`;
const pets = `export const pets = table("pets", {
  id: integer().primaryKey(),
  userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
  age: WHOLE.notNull().default(3),
}, (t) => [check(gt(t.age, 0), { name: "pets_age_check" })]);
`;

/** An integer of SQLite without a check has 64 bits. */
const wholeOf = (server: string): string =>
  server.startsWith("sqlite") ? 'bigint({ mode: "number" })' : "integer()";
const bounds = (server: string, name: string): string =>
  server.startsWith("sqlite") ? ` check ((${name}) between -2147483648 and 2147483647)` : "";

/** SQL as people write it; SQLite keeps the text of a condition. */
const byHand = (
  server: string,
): string => `alter table users add column points integer not null default 7;
create table pets (
  id integer not null${bounds(server, "id")},
  user_id integer${bounds(server, "user_id")},
  age integer not null default 3,
  constraint pets_pkey primary key (id),
  constraint pets_age_check check (${server.startsWith("sqlite") ? '("age" > 0)' : "age > 0"}),
  constraint pets_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
`;

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  test(`takes SQL by hand for what it makes on ${server.name}`, { timeout: 60_000 }, async () => {
    const database = await createTestDatabase(server);
    const project = createProject({
      "plinth.config.ts": `export default { url: ${JSON.stringify(database.url)} };`,
      "schema.ts": schemaOf(users),
    });
    projects.push(project);
    expect(await project.spawn("migrate", "generate", "users")).toMatchObject({ code: 0 });
    expect(await project.spawn("migrate", "generate", "by_hand", "--empty")).toMatchObject({
      code: 0,
    });
    const [, folder = ""] = readdirSync(join(project.folder, "migrations")).toSorted();
    const [up = ""] = readdirSync(join(project.folder, "migrations", folder)).filter((file) =>
      file.endsWith(".up.sql"),
    );
    const before = readFileSync(
      join(project.folder, "migrations", folder, "snapshot.json"),
      "utf8",
    );
    project.write(`migrations/${folder}/${up}`, byHand(server.name));
    const whole = wholeOf(server.name);
    const own = pets.replace("WHOLE", whole);
    project.write("schema.ts", schemaOf(`${users}, points: ${whole}.notNull().default(7)`, own));
    const written = await project.spawn("migrate", "snapshot", "--url", database.url);
    expect(written).toMatchObject({ code: 0, err: "" });
    expect(written.out).toMatch(/^replayed {2}by (?:sqlite|postgres|mariadb) [\d.]+, in .*\n/);
    expect(written.out).toMatch(`\nwrote     migrations/${folder}/snapshot.json\n`);
    const after = readFileSync(join(project.folder, "migrations", folder, "snapshot.json"), "utf8");
    expect(after).not.toBe(before);
    expect(await project.spawn("migrate", "generate", "none")).toMatchObject({
      code: 0,
      out: "the schema has not changed\n",
    });
    // Written again it is the same, and what comes next starts from it.
    await project.spawn("migrate", "snapshot", folder, "--url", database.url);
    expect(readFileSync(join(project.folder, "migrations", folder, "snapshot.json"), "utf8")).toBe(
      after,
    );
    project.write("schema.ts", schemaOf(users, own));
    expect((await project.spawn("migrate", "generate", "less")).out).toMatch(/DS103/);
    const refused = await project.spawn("migrate", "snapshot", folder);
    expect(refused.err).toMatch(/_less" comes behind .*\[E_MIGRATION_CONFLICT\]/);
    expect(await project.spawn("migrate", "up")).toMatchObject({ code: 0, err: "" });
    await database.drop();
  });
}

test(
  "begins a history from plain files, without a schema in code",
  { timeout: 60_000 },
  async () => {
    const project = createProject({
      "plinth.config.ts": `export default { url: "sqlite:app.db", migrations: { folder: "db", layout: "files", numbering: "sequence", down: false } };`,
      "db/001_users.sql": "create table users (id integer primary key, name text);",
      "db/002_more.sql": "create table pets (id integer primary key);",
    });
    projects.push(project);
    const written = await project.spawn("migrate", "snapshot", "--json");
    expect(JSON.parse(written.out)).toEqual({
      migration: "002_more",
      file: "db/002_more.snapshot.json",
      replayed: expect.stringMatching(/^sqlite 3[.\d]+, in this process$/),
    });
    expect(existsSync(join(project.folder, "app.db"))).toBe(false);
    const snapshot = JSON.parse(
      readFileSync(join(project.folder, "db/002_more.snapshot.json"), "utf8"),
    ) as { tables: { name: string }[] };
    expect(snapshot.tables.map(({ name }) => name)).toEqual(["pets", "users"]);
    expect((await project.spawn("migrate", "snapshot", "x")).err).toMatch(/takes the name of one/);
  },
);

test("takes SQL for PostgreSQL without a server", { timeout: 60_000 }, async () => {
  const project = createProject({
    "plinth.config.ts": `export default { migrations: { databases: ["postgres"] } };`,
    "schema.ts": schemaOf(users),
  });
  projects.push(project);
  expect(await project.spawn("migrate", "generate", "users")).toMatchObject({ code: 0 });
  await project.spawn("migrate", "generate", "by_hand", "--empty");
  const [, folder = ""] = readdirSync(join(project.folder, "migrations")).toSorted();
  const file = readdirSync(join(project.folder, "migrations", folder)).find((one) =>
    one.endsWith(".up.sql"),
  );
  const own = pets.replace("WHOLE", "integer()");
  project.write("schema.ts", schemaOf(`${users}, points: integer().notNull().default(7)`, own));
  const extensions = 'create extension if not exists "uuid-ossp";\ncreate extension citext;\n';
  project.write(`migrations/${folder}/${file}`, extensions + byHand("postgres"));
  expect(await project.spawn("migrate", "snapshot")).toMatchObject({
    code: 0,
    err: "",
    out: `replayed  by pglite 18.6, in this process\nwrote     migrations/${folder}/snapshot.json\n`,
  });
  expect(await project.spawn("migrate", "generate", "none")).toMatchObject({
    out: "the schema has not changed\n",
  });
  // What only a server has is told, with what to do.
  project.write(`migrations/${folder}/${file}`, `create extension postgis;\n${byHand("postgres")}`);
  const refused = await project.spawn("migrate", "snapshot");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toMatch(/PGlite.*extension "postgis".*--url/s);
  const several = createProject({
    "plinth.config.ts": `export default { migrations: { databases: ["postgres", "sqlite"] } };`,
  });
  projects.push(several);
  expect((await several.spawn("migrate", "snapshot")).err).toMatch(/--database.*\[E_CONFIG\]/s);
});

for (const server of testServers().filter(({ name }) => name === "postgres 18")) {
  test("goes to the server for what nothing in the process has", { timeout: 60_000 }, async () => {
    const database = await createTestDatabase(server);
    const project = createProject({
      "plinth.config.ts": `export default { url: ${JSON.stringify(database.url)}, migrations: { folder: "db", layout: "files", down: false } };`,
      "db/001_links.sql": "create extension dblink; create table links (id integer primary key);",
    });
    projects.push(project);
    expect(await project.spawn("migrate", "snapshot")).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^not in this process: .*extension "dblink"/),
      out: expect.stringMatching(/^replayed {2}by postgres 18[.\d]+, in a scratch database\n/),
    });
    await database.drop();
  });
}

test("says what to install where neither a package nor a server is there", async () => {
  const dialect = await dialectOf("postgres");
  const missing = new MissingPackageError("@electric-sql/pglite", "PostgreSQL", undefined);
  const tried: string[] = [];
  const replayed = (url: string | undefined, isUrlAsked = false) =>
    replayInPlace({
      dialect,
      url,
      isUrlAsked,
      migrations: [],
      declared: () => ({ enums: [], tables: [] }),
      createScratch,
      connect: (at) => {
        tried.push(at);
        return at.startsWith("pglite") ? Promise.reject(missing) : connect(at);
      },
    });
  await expect(replayed(undefined)).rejects.toMatchObject({
    code: "E_MISSING_PACKAGE",
    message: expect.stringContaining("--url"),
    hint: "Run: npm install @electric-sql/pglite",
  });
  expect(await replayed("sqlite:app.db")).toMatchObject({
    place: expect.stringContaining("sqlite"),
    obstacle: missing.message,
  });
  tried.length = 0;
  await replayed("sqlite:app.db", true);
  expect(tried).toEqual(["sqlite::memory:", "sqlite::memory:"]);
  const mysql = await dialectOf("mysql");
  await expect(
    replayInPlace({
      dialect: mysql,
      url: undefined,
      isUrlAsked: false,
      migrations: [],
      declared: () => ({ enums: [], tables: [] }),
      createScratch,
      connect,
    }),
  ).rejects.toMatchObject({ code: "E_CONFIG" });
});
