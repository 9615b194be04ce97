// What `plinth check` says and writes, on databases in this process.
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test, vi } from "vitest";
import { runProgram, spawnProgram } from "../docs/run-program.ts";
import { createProject, type TestProject } from "./project.ts";

const bin = fileURLToPath(new URL("bin.ts", import.meta.url));

const SCHEMA = `import { bigint, defineSchema, enumType, integer, json, table, text, timestamp } from "plinth";
export interface Settings { readonly dark: boolean }
const role = enumType("role", ["admin", "user"]);
export const users = table("users", {
  id: integer().primaryKey(),
  name: text().notNull(),
  role: role().notNull(),
  age: integer(),
  settings: json<Settings>().notNull(),
  createdAt: timestamp().notNull(),
});
export const posts = table("posts", {
  id: bigint({ mode: "number" }).primaryKey(),
  userId: integer().notNull().references(() => users.id),
  title: text(),
});
export const schema = defineSchema({ users, posts });
`;

const projects: TestProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

interface Files {
  readonly [path: string]: string;
}

function projectOf(
  files: Files,
  databases: readonly string[] = ["sqlite", "postgres"],
): TestProject {
  const config = { schema: "src/schema.ts", check: { databases } };
  const project = createProject({
    "plinth.config.ts": `export default ${JSON.stringify(config)};`,
    "src/schema.ts": SCHEMA,
    ...files,
  });
  projects.push(project);
  return project;
}

/** Their tables are the same, so that PGlite's is made once. */
const shared = new Map<string, TestProject>();

/** What is said of a program of one line, without the summary. */
async function saidOf(
  line: string,
  databases: readonly string[] = ["sqlite", "postgres"],
): Promise<string> {
  const key = databases.join();
  const project = shared.get(key) ?? projectOf({}, databases);
  shared.set(key, project);
  project.write("src/app.ts", line);
  const { code, err, out } = await project.spawn("check");
  expect({ code, err }).toEqual({ code: 1, err: "" });
  const [said = ""] = out.split("\nwrong ");
  return said;
}

describe("says what is wrong", () => {
  test("with a column that isn't there, and which was meant", { timeout: 120_000 }, async () => {
    expect(await saidOf('db.query("select id, nmae from users where age > :age");'))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:22
        1 | db.query("select id, nmae from users where age > :age");
          |                      ^^^^
        sqlite: no such column: nmae
        postgres: column "nmae" does not exist
        Did you mean "name"?
      "
    `);
    expect(await saidOf('db.query("select u.createdAt from users u");')).toMatchInlineSnapshot(`
      "src/app.ts:1:18
        1 | db.query("select u.createdAt from users u");
          |                  ^^^^^^^^^^^
        sqlite: no such column: u.createdAt
        postgres: column u.createdat does not exist
        Did you mean "created_at"?
      "
    `);
    expect(await saidOf('db.query("select whatever from posts");', ["sqlite"]))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:18
        1 | db.query("select whatever from posts");
          |                  ^^^^^^^^
        sqlite: no such column: whatever
        "posts" has id, user_id, title.
      "
    `);
  });

  test("with a table that isn't there", { timeout: 120_000 }, async () => {
    expect(await saidOf('db.query("select id from user_s");')).toMatchInlineSnapshot(`
      "src/app.ts:1:26
        1 | db.query("select id from user_s");
          |                          ^^^^^^
        sqlite: no such table: user_s
        postgres: relation "user_s" does not exist
        Did you mean the table "users"?
      "
    `);
  });

  test("with the grammar, in a text of several lines", { timeout: 120_000 }, async () => {
    expect(
      await saidOf(
        "async function find() {\r\n\treturn db.query(`\r\n\t\tselect '\u{1F44B}', id\r\n\t\tform users\r\n\t`);\r\n}",
      ),
    ).toMatchInlineSnapshot(`
      "src/app.ts:4:8
        4 |         form users
          |              ^^^^^
        sqlite: near "users": syntax error
        postgres: syntax error at or near "users"
      "
    `);
    expect(await saidOf('db.query("select id\\n from users\\n where");')).toMatchInlineSnapshot(`
      "src/app.ts:1:41
        1 | db.query("select id\\n from users\\n where");
          |                                         ^
        sqlite: incomplete input
        postgres: syntax error at end of input
      "
    `);
  });

  test("with a function, a type, a constraint", { timeout: 120_000 }, async () => {
    expect(await saidOf('db.query("select frob(id) as a from users");')).toMatchInlineSnapshot(`
      "src/app.ts:1:18
        1 | db.query("select frob(id) as a from users");
          |                  ^^^^
        sqlite: no such function: frob
        postgres: function frob(integer) does not exist
        No function matches the given name and argument types. You might need to add explicit type casts.
      "
    `);
    expect(await saidOf("db.query(\"select id from users where id = 'x'\");"))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:43
        1 | db.query("select id from users where id = 'x'");
          |                                           ^^^
        postgres: invalid input syntax for type integer: "x"
      "
    `);
    expect(await saidOf('db.query("select role, count(*) as n from users");'))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:18
        1 | db.query("select role, count(*) as n from users");
          |                  ^^^^
        postgres: column "users.role" must appear in the GROUP BY clause or be used in an aggregate function
      "
    `);
  });

  test("with parameters and fragments", { timeout: 120_000 }, async () => {
    expect(
      await saidOf('db.query("select id from users where id = :id and age = $1");', ["sqlite"]),
    ).toMatchInlineSnapshot(`
      "src/app.ts:1:11
        1 | db.query("select id from users where id = :id and age = $1");
          |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        sqlite: The places of values are written as a name and as a number.
        Write all of them alike: :name, or $1, or ?.
      "
    `);
    expect(await saidOf('db.query("select id from users /*if a*/ where age = :a");', ["sqlite"]))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:32
        1 | db.query("select id from users /*if a*/ where age = :a");
          |                                ^^^^^^^^
        sqlite: A fragment doesn't end.
        End it by /*end*/.
      "
    `);
    expect(await saidOf('db.query("select id /*if more*/, name /*end*/ from users");', ["sqlite"]))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:11
        1 | db.query("select id /*if more*/, name /*end*/ from users");
          |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        sqlite: The columns aren't the same without a fragment as with it.
      "
    `);
  });

  test("with names of columns", { timeout: 120_000 }, async () => {
    expect(
      await saidOf('db.query("select u.id, p.id from users u join posts p on p.user_id = u.id");', [
        "sqlite",
      ]),
    ).toMatchInlineSnapshot(`
      "src/app.ts:1:20
        1 | db.query("select u.id, p.id from users u join posts p on p.user_id = u.id");
          |                    ^^
        Two columns are named "id".
        Give one of them another name: … as other_name.
      "
    `);
    expect(await saidOf(`db.query('select count(*) as "total: nmber" from users');`, ["sqlite"]))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:31
        1 | db.query('select count(*) as "total: nmber" from users');
          |                               ^^^^^^^^^^^^
        There is no type "nmber".
        There are bigint, boolean, bytes, date, Date, double, integer, json, number, real, string, text, time, timestamp, Uint8Array, uuid, table.column.
      "
    `);
  });

  test("with what databases don't agree on", { timeout: 120_000 }, async () => {
    expect(await saidOf('db.query("select age is null as young from users");'))
      .toMatchInlineSnapshot(`
      "src/app.ts:1:33
        1 | db.query("select age is null as young from users");
          |                                 ^^^^^
        The column "young" is number on sqlite, and boolean on postgres.
        Say which is meant: … as "young: boolean".
      "
    `);
    expect(await saidOf('db.query("select avg(age) as mean from users");')).toMatchInlineSnapshot(`
      "src/app.ts:1:30
        1 | db.query("select avg(age) as mean from users");
          |                              ^^^^
        The column "mean" is number on sqlite, and string on postgres.
        Say which is meant: … as "mean: number".
      "
    `);
  });

  test(
    "with a program that can't be read, and names that stand twice",
    { timeout: 120_000 },
    async () => {
      const project = projectOf(
        {
          "src/broken.ts": 'const a = db.query("select 1 as a";\n',
          "src/one.ts":
            'import { named } from "plinth";\nnamed("one")`select 1 as a`;\nnamed("one")`select 2 as a`;\nnamed(one)`select 3`;\n',
          "queries/users.sql": "select 1 as a;\n-- name: two\nselect 2 as a;\n",
        },
        ["sqlite"],
      );
      const { code, out } = await project.spawn("check");
      expect(code).toBe(1);
      expect(out.replace(/wrote[^]*/, "")).toMatchInlineSnapshot(`
        "queries/users.sql:1:1
          1 | select 1 as a;
            | ^^^^^^^^^^^^^
          The statement has no name.
          Write a line above it: -- name: findUser

        src/broken.ts:1:35
          1 | const a = db.query("select 1 as a";
            |                                   ^
          Unexpected token, expected ","

        src/one.ts:3:1
          3 | named("one")\`select 2 as a\`;
            | ^
          Another query is named "one", too: src/one.ts:2:1.
          Give one of them another name.

        src/one.ts:4:1
          4 | named(one)\`select 3\`;
            | ^^^^^^^^^^
          The name of a query is not a literal.
          Write named("userById").

        wrong     4 problems in 3 files; 2 queries on sqlite
        "
      `);
    },
  );
});

const PROGRAM = `import { connect, named } from "plinth";
const db = await connect("sqlite::memory:");
await db.query("select id, settings, created_at from users where id = :id", { id: 1 });
await db.query(\`select id, settings, created_at from users where id = :id\`, { id: 2 });
await db.query(named("young")\`select name from users where age < \${3} and role in (\${["user"]})\`);
await db.query("update users set age = :age /*if name*/, name = :name /*end*/ where id = :id", {});
`;
const STATEMENTS = `-- name: titles :many
select u.name, p.title as "title?", count(*) as n from users u left join posts p on p.user_id = u.id
group by u.name, p.title;
`;

function metadataOf({ folder }: TestProject): string[] {
  return readdirSync(join(folder, ".plinth/queries")).toSorted();
}

describe("writes", () => {
  test("one module and the metadata, the same each time", { timeout: 120_000 }, async () => {
    const project = projectOf({ "src/app.ts": PROGRAM, "queries/all.sql": STATEMENTS });
    const out = join(project.folder, "src/plinth.queries.ts");
    const first = await project.spawn("check");
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out.replace(/[\d.]+ m?s/, "… s")).toMatchInlineSnapshot(`
      "right     4 queries on sqlite and postgres, 8 asked now, … s
      wrote     src/plinth.queries.ts
      metadata  .plinth/queries: 9 written
      "
    `);
    const module = readFileSync(out, "utf8");
    expect(module).toMatchInlineSnapshot(`
      "// Written by \`plinth check\`. Commit it, and don't edit it. Its text is 28b353dfa93b8708.
      import { checkedQueries, type CheckedQueries, type RowOf } from "plinth";
      import type * as declared from "./schema.ts";

      type UsersRow = RowOf<typeof declared.users>;

      declare global {
        namespace Plinth {
          interface Queries {
            "select id, settings, created_at from users where id = :id": {
              params: { id: number };
              row: { id: number; settings: UsersRow["settings"]; created_at: Date };
            };
            "update users set age = :age /*if name*/, name = :name /*end*/ where id = :id": {
              params: { age: number | null; name?: string | undefined; id: number };
              row: never;
            };
          }
          interface NamedQueries {
            young: {
              params: readonly [number, readonly ("admin" | "user")[]];
              row: { name: string };
            };
          }
        }
      }

      export interface FileQueries {
        titles: { row: { name: string; title: string | null; n: number } };
      }

      export const queries: CheckedQueries<FileQueries> = checkedQueries<FileQueries>({
        format: 1,
        databases: ["sqlite", "postgres"],
        types: {
          "bigint(number)": { kind: "bigint", mode: "number" },
          integer: { kind: "integer", bits: 32 },
          json: { kind: "json" },
          role: { kind: "enum", name: "role", values: ["admin", "user"] },
          text: { kind: "text" },
          timestamp: { kind: "timestamp", mode: "date", precision: 3 },
        },
        texts: {
          "select id, settings, created_at from users where id = :id": {
            sqlite: { parameters: [["id", "integer"]], columns: [["id", "integer"], ["settings", "json"], ["created_at", "timestamp"]], reads: ["users"], writes: [] },
            postgres: { parameters: [["id", "integer"]], columns: [["id", "integer"], ["settings", "json"], ["created_at", "timestamp"]], reads: ["users"], writes: [] },
          },
          "update users set age = :age /*if name*/, name = :name /*end*/ where id = :id": {
            sqlite: { parameters: [["age", "integer", "nullable"], ["name", "text"], ["id", "integer"]], reads: [], writes: ["users"] },
            postgres: { parameters: [["age", "integer", "nullable"], ["name", "text"], ["id", "integer"]], reads: [], writes: ["users"] },
          },
        },
        named: {
          young: {
            text: "select name from users where age < $1 and role in ($2)",
            databases: {
              sqlite: { parameters: [["1", "integer"], ["2", "role"]], columns: [["name", "text"]], reads: ["users"], writes: [] },
              postgres: { parameters: [["1", "integer"], ["2", "role"]], columns: [["name", "text"]], reads: ["users"], writes: [] },
            },
          },
        },
        files: {
          titles: {
            text: 'select u.name, p.title as "title?", count(*) as n from users u left join posts p on p.user_id = u.id\\ngroup by u.name, p.title',
            databases: {
              sqlite: { columns: [["name", "text"], ["title", "text"], ["n", "bigint(number)"]], reads: ["posts", "users"], writes: [] },
              postgres: { columns: [["name", "text"], ["title", "text"], ["n", "bigint(number)"]], reads: ["posts", "users"], writes: [] },
            },
          },
        },
      });
      "
    `);
    const files = metadataOf(project);
    expect(files).toMatchInlineSnapshot(`
      [
        "schema.json",
        "select-id-settings-created_at-from-users-15c4ed9fbd42.postgres.json",
        "select-id-settings-created_at-from-users-15c4ed9fbd42.sqlite.json",
        "select-name-from-users-where-age-1-and-98c571026404.postgres.json",
        "select-name-from-users-where-age-1-and-98c571026404.sqlite.json",
        "select-u-name-p-title-as-title-count-as-a9bbe306a588.postgres.json",
        "select-u-name-p-title-as-title-count-as-a9bbe306a588.sqlite.json",
        "update-users-set-age-age-if-name-name-f9aab71ffeaa.postgres.json",
        "update-users-set-age-age-if-name-name-f9aab71ffeaa.sqlite.json",
      ]
    `);
    const metadata = (): string[] =>
      files.map((name) => readFileSync(join(project.folder, ".plinth/queries", name), "utf8"));
    const before = metadata();
    const again = await project.spawn("check");
    expect(again.out).toMatch(/^right {5}4 queries on sqlite and postgres, 0 asked now, .* m?s\n$/);
    expect([readFileSync(out, "utf8"), metadata()]).toEqual([module, before]);
    expect((await project.spawn("check", "--again")).out).toMatch("8 asked now");
    expect([readFileSync(out, "utf8"), metadata()]).toEqual([module, before]);
    // From nothing, too.
    rmSync(join(project.folder, ".plinth"), { recursive: true });
    rmSync(out);
    await project.spawn("check");
    expect([readFileSync(out, "utf8"), metadata()]).toEqual([module, before]);
    // A formatter may lay it out in its own way.
    const laidOut = module
      .replaceAll(/^ +/gm, "\t")
      .replaceAll("[[", "[\n[")
      .replaceAll(";\n", "\n");
    project.write("src/plinth.queries.ts", laidOut);
    expect((await project.spawn("check")).out).not.toMatch(/wrote/);
    expect(readFileSync(out, "utf8")).toBe(laidOut);
    expect(await project.spawn("check", "--offline")).toEqual({
      code: 0,
      err: "",
      out: "right     4 queries on sqlite and postgres, as they were checked\n",
    });
  });

  test("only what is new is asked, and what is gone is dropped", { timeout: 120_000 }, async () => {
    const project = projectOf(
      { "src/app.ts": 'db.query("select 1 as a"); db.query("select 2 as a");' },
      ["sqlite"],
    );
    await project.spawn("check");
    expect(metadataOf(project)).toHaveLength(3);
    project.write("src/app.ts", 'db.query("select 1 as a"); db.query("select 3 as a");');
    const { out } = await project.spawn("check");
    expect(out).toMatch("2 queries on sqlite, 1 asked now");
    expect(out).toMatch("metadata  .plinth/queries: 1 written, 1 removed");
    // Another schema: everything is asked again, and where nothing is another answer nothing else is written.
    project.write(
      "src/schema.ts",
      SCHEMA.replace("age: integer()", "age: integer(), more: text()"),
    );
    const later = await project.spawn("check");
    expect(later.out).toMatch("2 queries on sqlite, 2 asked now");
    expect(later.out).toMatch("metadata  .plinth/queries: 1 written");
  });

  test("what is right, whatever else is wrong", { timeout: 120_000 }, async () => {
    const project = projectOf(
      {
        "src/app.ts":
          'db.query("select 1 as a");\ndb.query("select nmae from users");\ndb.query("select frob(1)");\n',
      },
      ["sqlite"],
    );
    const { code, out } = await project.spawn("check", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchInlineSnapshot(`
      {
        "databases": [
          "sqlite",
        ],
        "described": 3,
        "faults": [],
        "isRight": false,
        "problems": [
          {
            "column": 18,
            "complaints": [
              {
                "database": "sqlite",
                "hint": "Did you mean "name"?",
                "message": "no such column: nmae",
              },
            ],
            "endColumn": 22,
            "endLine": 2,
            "file": "src/app.ts",
            "line": 2,
          },
          {
            "column": 18,
            "complaints": [
              {
                "database": "sqlite",
                "hint": null,
                "message": "no such function: frob",
              },
            ],
            "endColumn": 22,
            "endLine": 3,
            "file": "src/app.ts",
            "line": 3,
          },
        ],
        "queries": 3,
        "removed": [],
        "written": [
          "src/plinth.queries.ts",
          ".plinth/queries/select-1-as-a-1ffb038d4d1f.sqlite.json",
          ".plinth/queries/schema.json",
        ],
      }
    `);
    expect(readFileSync(join(project.folder, "src/plinth.queries.ts"), "utf8")).toMatch(
      '"select 1 as a": { row: { a: number } };',
    );
  });
});

describe("offline", () => {
  test("tells all that isn't as it was checked", { timeout: 120_000 }, async () => {
    const project = projectOf({ "src/app.ts": PROGRAM, "queries/all.sql": STATEMENTS }, ["sqlite"]);
    const offline = (): Promise<{ code: number; out: string }> =>
      project.spawn("check", "--offline");
    const never = await offline();
    expect(never.code).toBe(1);
    expect(never.out).toMatch("fault     sqlite was never checked. Run: npx plinth check\n");
    expect((await project.spawn("check")).code).toBe(0);
    expect((await offline()).code).toBe(0);

    // New and changed SQL.
    project.write("src/app.ts", PROGRAM.replace("select name", "select role"));
    project.write("src/more.ts", 'db.query("select 7 as a");');
    const changed = await offline();
    expect(changed).toMatchObject({ code: 1, err: "" });
    expect(changed.out).toMatchInlineSnapshot(`
      "src/app.ts:5:31
        5 | await db.query(named("young")\`select role from users where age < \${3} and role in (\${["user"]})\`);
          |                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        sqlite: "young" is new, or has changed since it was checked.
        Run: npx plinth check

      src/more.ts:1:11
        1 | db.query("select 7 as a");
          |           ^^^^^^^^^^^^^
        sqlite: This SQL isn't checked yet.
        Run: npx plinth check

      fault     .plinth/queries/select-name-from-users-where-age-1-and-98c571026404.sqlite.json is of SQL that isn't there any more. Run: npx plinth check
      wrong     2 problems in 2 files, 1 fault; 5 queries on sqlite
      "
    `);
    project.write("src/app.ts", PROGRAM);
    project.write("src/more.ts", "");

    // SQL that is gone.
    project.write("queries/all.sql", "");
    expect((await offline()).out).toMatchInlineSnapshot(`
      "fault     .plinth/queries/select-u-name-p-title-as-title-count-as-a9bbe306a588.sqlite.json is of SQL that isn't there any more. Run: npx plinth check
      fault     src/plinth.queries.ts isn't what the queries need. Run: npx plinth check
      wrong     2 faults; 3 queries on sqlite
      "
    `);
    project.write("queries/all.sql", STATEMENTS);

    // The schema.
    project.write("src/schema.ts", SCHEMA.replace("age: integer()", "age: bigint()"));
    expect((await offline()).out).toMatchInlineSnapshot(`
      "fault     sqlite has other tables than when it was checked. Run: npx plinth check
      fault     src/plinth.queries.ts isn't what the queries need. Run: npx plinth check
      wrong     2 faults; 4 queries on sqlite
      "
    `);
    project.write("src/schema.ts", SCHEMA);

    // What was written.
    const [, name = ""] = metadataOf(project);
    const path = `.plinth/queries/${name}`;
    const metadata = readFileSync(join(project.folder, path), "utf8");
    project.write(path, metadata.replace('"hash": "', '"hash": "0'));
    expect((await offline()).code).toBe(1);
    project.write(path, metadata.replace('"nullable":false', '"nullable":true'));
    const edited = await offline();
    project.write(path, metadata);
    const module = readFileSync(join(project.folder, "src/plinth.queries.ts"), "utf8");
    project.write("src/plinth.queries.ts", module.replace("title: string | null", "title: string"));
    expect((await offline()).out).toMatchInlineSnapshot(`
      "fault     src/plinth.queries.ts isn't what the queries need. Run: npx plinth check
      wrong     1 fault; 4 queries on sqlite
      "
    `);
    project.write("src/plinth.queries.ts", module);
    expect([edited.code, (await offline()).code]).toEqual([1, 0]);
  });

  test("needs the parser, and no package of a database", { timeout: 120_000 }, async () => {
    const project = projectOf({ "src/app.ts": PROGRAM, "queries/all.sql": STATEMENTS });
    expect((await project.spawn("check")).code).toBe(0);
    const run = (hidden: RegExp): ReturnType<typeof runProgram> => {
      const hook = `import { registerHooks } from "node:module";
registerHooks({ resolve(specifier, context, next) {
  if (!${hidden}.test(specifier)) return next(specifier, context);
  throw Object.assign(new Error("hidden"), { code: "ERR_MODULE_NOT_FOUND" });
} });`;
      return runProgram(bin, {
        parameters: ["check", "--offline"],
        flags: ["--import", `data:text/javascript,${encodeURIComponent(hook)}`],
        folder: project.folder,
      });
    };
    const databases = /^(?:@electric-sql\/pglite|pg|mariadb|mysql2|redis)(?:\/|$)/;
    expect(await run(databases)).toEqual({
      code: 0,
      err: "",
      out: "right     4 queries on sqlite and postgres, as they were checked\n",
    });
    expect(await run(/^@babel\/parser$/)).toEqual({
      code: 1,
      err: 'plinth: Finding SQL in programs needs the package "@babel/parser", which is not installed. Run: npm install @babel/parser [E_MISSING_PACKAGE]\n',
      out: "",
    });
  });
});

test("checks again when a file changes, until it is ended", { timeout: 120_000 }, async () => {
  const project = projectOf({ "src/app.ts": 'db.query("select 1 as a");' }, ["sqlite"]);
  const child = spawnProgram(bin, { parameters: ["check", "--watch"], folder: project.folder });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  const said = async (pattern: RegExp): Promise<void> => {
    await vi.waitFor(() => expect(out).toMatch(pattern), { timeout: 30_000, interval: 50 });
    out = "";
  };
  try {
    await said(/right {5}1 query on sqlite, 1 asked now/);
    project.write("src/app.ts", 'db.query("select 1 as a"); db.query("select nam from users");');
    await said(/src\/app\.ts:1:45[^]*Did you mean "name"\?[^]*wrong {5}1 problem/);
    project.write("src/deep/more.ts", 'db.query("select 2 as a");');
    await said(/wrong {5}1 problem; 3 queries on sqlite/);
    project.write("src/app.ts", 'db.query("select name from users");');
    await said(/right {5}2 queries on sqlite, 1 asked now/);
  } finally {
    child.kill("SIGINT");
  }
  const [code, signal] = (await once(child, "exit")) as [number, string | null];
  expect([code, signal]).toEqual([0, null]);
});

test(
  "bytes that may be made of an encrypted column are no value",
  { timeout: 120_000 },
  async () => {
    const project = createProject({
      "plinth.config.ts": `export default { check: { databases: ["sqlite", "postgres"] } };`,
      "schema.ts": `import { integer, table, text } from "plinth";
export const patients = table("patients", {
  id: integer().primaryKey(),
  mail: text().notNull().encrypted(),
});
`,
    });
    projects.push(project);
    const check = async (text: string): Promise<string> => {
      project.write("app.ts", `db.query(${JSON.stringify(text)});`);
      const { out } = await project.spawn("check");
      return out;
    };
    const refused = /"\w+" may be made of "patients\.mail", which is encrypted/;
    expect(await check("select max(mail) as last from patients")).toMatch(refused);
    expect(await check("select coalesce(mail, mail) as m from patients")).toMatch(refused);
    expect(await check("select mail from patients")).toMatch(/right/);
    expect(await check("select count(mail) as n from patients")).toMatch(/right/);
    expect(await check("select mail from (select id, mail from patients) as inner_rows")).toMatch(
      /right|"mail: patients\.mail"/,
    );
    const inner = `select mail as "mail: patients.mail" from (select mail from patients limit 5) as p`;
    expect(await check(inner)).toMatch(/right/);
  },
);

test("a server that isn't one of those to check for is told, not passed over", async () => {
  const project = projectOf({ "src/app.ts": 'db.query("select 1 as a");' }, ["sqlite"]);
  const { code, err } = await project.spawn("check", "--url", "mariadb://root@127.0.0.1:1/none");
  expect(code).toBe(1);
  expect(err).toMatch("--url names a database of mariadb, and the SQL is checked for SQLite.");
});
