// Folders of other tools, as they stand, with the histories of these.
import { hash } from "node:crypto";
import { connect, sql } from "plinth";
import { afterAll, expect, test } from "vitest";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const FIRST = "CREATE TABLE users (id integer primary key, name text);\n";
const SECOND = "CREATE TABLE pets (id integer primary key);\n";

async function projectOf(
  folder: string,
  files: Readonly<Record<string, string>>,
  ...statements: string[]
): Promise<TestProject> {
  const project = createProject({
    "plinth.config.mjs": `export default { url: "sqlite:app.db", migrations: ${JSON.stringify(folder)} };`,
    ...files,
  });
  projects.push(project);
  const db = await connect(`sqlite:${project.folder}/app.db`);
  for (const statement of statements) await db.execute(sql.raw(statement) as never);
  await db.close();
  return project;
}

test("Prisma's folder goes on as ours, with what it has applied", async () => {
  const project = await projectOf(
    "prisma/migrations",
    {
      "prisma/migrations/migration_lock.toml": 'provider = "sqlite"\n',
      "prisma/migrations/20240101000000_first/migration.sql": FIRST,
      "prisma/migrations/20240102000000_second/migration.sql": SECOND,
    },
    FIRST,
    `create table "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
      "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
      "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`,
    `insert into _prisma_migrations (id, checksum, finished_at, migration_name) values ('1', '${hash("sha256", FIRST)}', 1704067200000, '20240101000000_first')`,
  );
  const status = await project.run("migrate", "status");
  expect(status).toMatchObject({ code: 0, err: "" });
  expect(status.out).toBe(
    [
      "pending   20240101000000_first       no way back",
      "pending   20240102000000_second      no way back",
      "",
      'Prisma has 1 in "_prisma_migrations":',
      "applied   20240101000000_first  2024-01-01 00:00:00 UTC",
      "`plinth migrate baseline` takes for applied what is applied.",
      "",
    ].join("\n"),
  );
  expect(JSON.parse((await project.run("migrate", "status", "--json")).out)).toMatchObject([
    { name: "20240101000000_first", state: "pending" },
    { name: "20240102000000_second", state: "pending" },
    { history: "Prisma", name: "20240101000000_first", state: "applied" },
  ]);
  expect((await project.run("migrate", "baseline")).out).toBe(
    [
      "applied   20240101000000_first   (not run)",
      "pending   20240102000000_second",
      'Prisma has 1 in "_prisma_migrations", which stays as it is',
      "",
    ].join("\n"),
  );
  expect((await project.run("migrate", "up")).out).toMatch(/^applied {3}20240102000000_second/);
});

test("Drizzle's snapshots are left to Drizzle", async () => {
  const project = await projectOf(
    "drizzle",
    {
      "drizzle/20241215001216_first/migration.sql": FIRST,
      "drizzle/20241215001216_first/snapshot.json":
        '{"version":"8","dialect":"sqlite","id":"x","prevIds":[]}',
    },
    FIRST,
    "create table __drizzle_migrations (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric, name text, applied_at TEXT, version INT)",
    `insert into __drizzle_migrations (hash, created_at, name, version) values ('${hash("sha256", FIRST)}', 1734221536000, '20241215001216_first', 1)`,
  );
  expect(await project.run("migrate", "baseline")).toMatchObject({ code: 0 });
  expect((await project.run("migrate", "snapshot")).err).toMatch(
    /snapshot\.json is another tool's.*--empty adopt/,
  );
  expect(await project.run("migrate", "generate", "adopt", "--empty")).toMatchObject({
    code: 0,
    err: "",
  });
  expect(await project.run("migrate", "snapshot")).toMatchObject({ code: 0, err: "" });
});

test("sqlx's folder goes on as ours", async () => {
  const project = await projectOf(
    "migrations",
    {
      "migrations/20240101000000_users.up.sql": FIRST,
      "migrations/20240101000000_users.down.sql": "drop table users;",
      "migrations/20240102000000_pets.up.sql": SECOND,
      "migrations/20240102000000_pets.down.sql": "drop table pets;",
    },
    FIRST,
    "create table _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
    `insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (20240101000000, 'users', true, x'${hash("sha384", FIRST)}', 1)`,
  );
  expect(JSON.parse((await project.run("migrate", "baseline", "--json")).out)).toEqual({
    baselined: ["20240101000000_users"],
    pending: ["20240102000000_pets"],
    peers: [{ tool: "sqlx", table: '"_sqlx_migrations"', count: 1 }],
  });
  expect(await project.run("migrate", "up")).toMatchObject({ code: 0, err: "" });
  expect(await project.run("migrate", "down", "-n", "2")).toMatchObject({ code: 0, err: "" });
});
