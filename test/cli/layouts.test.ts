// The commands and folders of the five systems, with `plinth` in the place of their tools.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createProject, type TestProject } from "./project.ts";

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

const schema = `import { integer, table, varchar } from "plinth";
export const users = table("users", { id: integer().primaryKey(), name: varchar({ length: 20 }) });
`;
const more = schema.replace("name:", "age: integer(), name:");

function projectOf(migrations: string, files: Readonly<Record<string, string>> = {}): TestProject {
  const project = createProject({
    "plinth.config.ts": `export default { url: "sqlite:app.db", migrations: ${migrations} };`,
    "schema.ts": schema,
    ...files,
  });
  projects.push(project);
  return project;
}

async function good(project: TestProject, ...argv: string[]): Promise<string> {
  const answer = await project.spawn("migrate", ...argv);
  expect(answer).toMatchObject({ code: 0, err: "" });
  return answer.out;
}

test(
  "`generate`, `down -n 100` and `up` with the names of SeaORM",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`{ folder: "migration/src", numbering: "m-timestamp" }`);
    expect(await good(project, "generate", "add_feature_name")).toMatch(
      /wrote {2}migration\/src\/m\d{8}_\d{6}_add_feature_name\/sqlite\.up\.sql/,
    );
    expect(await good(project, "down", "-n", "100")).toBe("nothing is applied\n");
    expect(await good(project, "up")).toMatch(/^applied {3}m\d{8}_\d{6}_add_feature_name/);
    expect(await good(project, "down", "-n", "100")).toMatch(/^reverted/);
  },
);

test(
  "`status`, `down`, `down -n 2`, `fresh` and `down -n 999` over names with m and a day",
  { timeout: 60_000 },
  async () => {
    const folders = [
      "m20250101_000001_create_initial_schema",
      "m20250125_000001_create_auth_tables",
      "m20250126_000001_add_email_verification_and_roles",
    ];
    const files = Object.fromEntries(
      folders.flatMap((name, at) => [
        [`migration/${name}/up.sql`, `create table t${at} (id integer);`],
        [`migration/${name}/down.sql`, `drop table t${at};`],
      ]),
    );
    const project = projectOf(`{ folder: "migration" }`, files);
    const namesIn = (out: string): string[] => out.match(/m2025\w+/g) ?? [];
    expect(namesIn(await good(project, "up"))).toEqual(folders);
    expect((await good(project, "status")).match(/^applied/gm)).toHaveLength(3);
    expect(namesIn(await good(project, "down"))).toEqual([folders[2]]);
    expect(namesIn(await good(project, "down", "-n", "2"))).toEqual([folders[1], folders[0]]);
    expect(namesIn(await good(project, "fresh"))).toEqual(folders);
    expect(namesIn(await good(project, "down", "-n", "999"))).toHaveLength(3);
    expect(namesIn(await good(project, "up"))).toEqual(folders);
  },
);

test(
  "numbered files that only go forward and may run again, as sqlx has them",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(
      `{ folder: "server/migrations", layout: "files", numbering: "sequence", down: false, ifExists: true }`,
      {
        "server/migrations/001_initial_schema.sql":
          "create table if not exists teams (id integer);",
      },
    );
    await good(project, "generate", "users");
    expect(readdirSync(join(project.folder, "server/migrations")).toSorted()).toEqual([
      "001_initial_schema.sql",
      "002_users.snapshot.json",
      "002_users.sql",
    ]);
    expect(readFileSync(join(project.folder, "server/migrations/002_users.sql"), "utf8")).toMatch(
      /create table if not exists "users"/,
    );
    expect((await good(project, "up")).match(/applied/g)).toHaveLength(2);
    const down = await project.spawn("migrate", "down");
    expect(down).toMatchObject({ code: 1 });
    expect(down.err).toMatch(/has no way back/);
  },
);

test(
  "a schema in a deep folder, reviewed before it is applied, as Drizzle's users do",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`"migrations"`, {
      "plinth.config.ts": `export default { url: "sqlite:app.db", schema: "src/main/schemas/index.ts", migrations: "migrations" };`,
      "src/main/schemas/index.ts": schema,
    });
    expect(await good(project, "generate", "users", "--dry-run")).toMatch(/create table "users"/);
    expect(existsSync(join(project.folder, "migrations"))).toBe(false);
    await good(project, "generate", "users");
    expect(await good(project, "up", "--dry-run")).toMatch(/create table "users"/);
    await good(project, "up", "--rehearse");
    await good(project, "up");
  },
);

test(
  "a folder for each database, of files with up and down, to which one is added",
  { timeout: 120_000 },
  async () => {
    const folders = `{ sqlite: "migrations/migrations.sqlite", postgres: "migrations/migrations_postgres", mysql: "migrations/migrations_mysql" }`;
    const project = projectOf(`{ folder: ${folders}, layout: "files", numbering: "sequence" }`);
    await good(project, "generate", "initial_schema");
    project.write("schema.ts", more);
    await good(project, "generate", "ages");
    const filled = await good(
      project,
      "generate",
      "--fill",
      "--database",
      "postgres",
      "--database",
      "mysql",
    );
    expect(filled.match(/wrote/g)).toHaveLength(12);
    for (const folder of ["migrations.sqlite", "migrations_postgres", "migrations_mysql"]) {
      expect(readdirSync(join(project.folder, "migrations", folder)).toSorted()).toEqual([
        "001_initial_schema.down.sql",
        "001_initial_schema.snapshot.json",
        "001_initial_schema.up.sql",
        "002_ages.down.sql",
        "002_ages.snapshot.json",
        "002_ages.up.sql",
      ]);
    }
    expect(await good(project, "generate", "--fill", "--database", "postgres")).toBe(
      "nothing is missing\n",
    );
    expect(
      await good(project, "generate", "none", "--database", "postgres", "--database", "mysql"),
    ).toMatch(/has not changed/);
    expect((await good(project, "up")).match(/applied/g)).toHaveLength(2);
  },
);

const registry = `import first from "./m20250101_000001_first.ts";
export const migrations = [{ name: "m20250101_000001_first", ...first }];
`;
const first = `import { sql } from "plinth";
import { defineMigration } from "plinth/migrate";
export default defineMigration({
  up: async (tx) => void (await tx.execute(sql\`create table first (id integer)\`)),
  down: async (tx) => void (await tx.execute(sql\`drop table first\`)),
});
`;

test(
  "migrations in code that a module registers, with what helps them beside it",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`{ folder: "migration/src/lib.ts", numbering: "m-timestamp" }`, {
      "migration/src/lib.ts": registry,
      "migration/src/m20250101_000001_first.ts": first,
      "migration/src/names.ts": "export const helper = 1;",
    });
    expect(await good(project, "up")).toMatch(/^applied {3}m20250101_000001_first/);
    const told = await good(project, "generate", "add_more");
    const [, name = ""] = /wrote {2}migration\/src\/(m\d{8}_\d{6}_add_more)\.ts/.exec(told) ?? [];
    expect(told).toContain(`import ${name} from "./${name}.ts";`);
    const forgotten = `not run   ${name}.ts  register it in lib.ts, as what isn't in its list isn't run\n`;
    expect(await good(project, "up")).toBe(`nothing is pending\n${forgotten}`);
    expect(await good(project, "up", "--dry-run")).toContain(`-- not run: ${name}.ts: register it`);
    expect(await good(project, "status")).toMatch(/^applied .*\n/);
    expect((await good(project, "status")).replace(/^applied .*\n/, "")).toBe(forgotten);
    const json = JSON.parse(await good(project, "up", "--json")) as object;
    expect(json).toMatchObject({ applied: [], overlooked: [{ name: `${name}.ts` }] });
    expect(JSON.parse(await good(project, "status", "--json"))).toMatchObject([
      { state: "applied" },
      { state: "overlooked", name: `${name}.ts` },
    ]);

    project.write(
      "migration/src/lib.ts",
      `import added from "./${name}.ts";\n${registry.replace("];", `, { name: "${name}", ...added }];`)}`,
    );
    expect(await good(project, "status")).toMatch(new RegExp(`pending +${name}`));
    expect(await good(project, "up")).toMatch(new RegExp(`^applied +${name}.*\n$`));
    expect((await good(project, "down", "-n", "100")).match(/^reverted/gm)).toHaveLength(2);
    expect(existsSync(join(project.folder, "migration/src", `${name}.ts`))).toBe(true);
  },
);

test(
  "a folder that is named like a migration and holds none is told",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`"migrations"`, {
      "migrations/20260101000000_first/up.sql": "create table first (id integer);",
      "migrations/20260102000000_second/second.sql": "create table second (id integer);",
      "migrations/notes/second.sql": "select 1;",
    });
    expect(await good(project, "up")).toMatch(
      /^applied .*\nnot run {3}20260102000000_second {2}it holds no up.sql and no migration.ts/,
    );
  },
);

test(
  "what is for SQL is refused where a module registers migrations",
  { timeout: 60_000 },
  async () => {
    const project = projectOf(`"lib.ts"`, { "lib.ts": "export const migrations = [];" });
    const wrong = [
      ["squash"],
      ["snapshot"],
      ["generate", "--fill", "--database", "postgres"],
      ["generate", "more", "--drop", "users.name"],
    ];
    for (const argv of wrong) {
      const { code, err } = await project.spawn("migrate", ...argv);
      expect([code, err]).toEqual([1, expect.stringContaining("lib.ts")]);
    }
    for (const text of [
      "export const migrations = {};",
      'export default [{ name: "a", up: 1 }];',
    ]) {
      project.write("lib.ts", text);
      const { code, err } = await project.spawn("migrate", "up");
      expect([code, err]).toEqual([1, expect.stringContaining("E_MIGRATION_INVALID")]);
    }
    const missing = projectOf(`"migration/lib.ts"`);
    for (const argv of [["up"], ["generate", "more"]]) {
      const { code, err } = await missing.spawn("migrate", ...argv);
      expect([code, err]).toEqual([1, expect.stringContaining("migration/lib.ts")]);
    }
  },
);
