// From SQL in a program to its rows: checked, compiled and run, on every database.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runProgram } from "../docs/run-program.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { createProject, type TestProject } from "./project.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let project: TestProject | undefined;
afterAll(() => project?.remove());

const SCHEMA = `import { bigint, bitField, boolean, bytes, customType, date, decimal, defineSchema, double, enumType, integer, json,
  table, time, timestamp, uuid, varchar, text } from "plinth";
export interface Settings { readonly dark: boolean; readonly tags?: readonly string[] }
const role = enumType("role", ["admin", "user"]);
const point = customType<{ x: number }>({
  name: "point", encode: ({ x }) => String(x), decode: (stored) => ({ x: Number(stored) }),
  sqlite: { type: "text" }, postgres: { type: "text" }, mysql: { type: "varchar(50)" },
});
export const users = table("users", {
  id: uuid().primaryKey(), name: varchar({ length: 50 }).notNull(), role: role().notNull(),
  credit: decimal({ precision: 10, scale: 2 }), visits: bigint().notNull(), size: bigint({ mode: "number" }).notNull(),
  ratio: double().notNull(), isActive: boolean().notNull(), settings: json<Settings>().notNull(), extra: json<string[]>(),
  handle: varchar({ length: 20 }).$type<\`@\${string}\`>().notNull(), avatar: bytes(), home: point(), born: date(), wakes: time(),
  flags: bitField({ flags: { read: 0, write: 1 } }).notNull(), secret: text().encrypted(), createdAt: timestamp().notNull(),
});
export const posts = table("posts", {
  id: integer().primaryKey(), userId: uuid().notNull().references(() => users.id), title: varchar({ length: 50 }),
});
export const schema = defineSchema({ users, posts });
`;

/** Types are said where they are to be exact. */
const PROGRAM = `import { connect, createTables, named, type RowOf } from "plinth";
import { queries } from "./plinth.queries.ts";
import { posts, schema, users, type Settings } from "./schema.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => {};

const db = await connect(process.argv[2]!, {
  schema, queries, encryption: { current: "one", keys: { one: new Uint8Array(32) } },
});
await createTables(db, schema);
const id = "0190a5b4-0000-7000-8000-000000000001";
const summary = await db.query(\`
  insert into users (id, name, role, credit, visits, size, ratio, is_active, settings, extra, handle, avatar, home, born, wakes, flags, secret, created_at)
  values (:id, :name, :role, :credit, :visits, :size, :ratio, :isActive, :settings, :extra, :handle, :avatar, :home, :born, :wakes, :flags, :secret, :createdAt)
\`, {
  id, name: "Ada", role: "admin", credit: "12.50", visits: 9007199254740993n, size: 7, ratio: 0.5, isActive: true,
  settings: { dark: true }, extra: null, handle: "@ada", avatar: Uint8Array.of(1, 2), home: { x: 3 }, born: "1815-12-10",
  wakes: "06:30:00", flags: 2n as RowOf<typeof users>["flags"], secret: "hush", createdAt: new Date(1_000),
}).run();
console.log(summary.affectedRows);

const one = await db.query("select * from users where id = :id", { id }).one();
same<keyof typeof one, "id" | "name" | "role" | "credit" | "visits" | "size" | "ratio" | "is_active" | "settings" | "extra" | "handle" | "avatar" | "home" | "born" | "wakes" | "flags" | "secret" | "created_at">(true);
type User = RowOf<typeof users>;
same<Omit<typeof one, "is_active" | "created_at">, Omit<User, "isActive" | "createdAt">>(true);
same<typeof one["created_at"], Date>(true);
console.log(JSON.stringify(one, (_, value) => (typeof value === "bigint" ? \`\${value}n\` : value)));

const joined = await db.query(\`
  select u.name, u.settings, p.title, p.id as "postId", count(*) as total
  from users u left join posts p on p.user_id = u.id
  where u.role in (:roles) /*if since*/ and u.created_at >= :since /*end*/
  group by u.id, u.name, u.settings, p.title, p.id
\`, { roles: ["admin", "user"], since: new Date(0) });
same<(typeof joined)[number], { name: string; settings: Settings; title: string | null; postId: number | null; total: number }>(true);
console.log(JSON.stringify(joined));
await db.insert(posts).values({ id: 1, userId: id, title: "First" });

const byId = named("userById");
const found = await db.query(byId\`select name, credit from users where id = \${id}\`).first();
same<typeof found, { name: string; credit: string | null } | undefined>(true);
const titles = await db.query(queries.titles, { owner: id, titles: ["First", "Second"] });
same<(typeof titles)[number], { title: string; length: number }>(true);
console.log(JSON.stringify([found, titles]));
// @ts-expect-error The type of a parameter.
await db.query("select * from users where id = :id", { id: 1 }).first().catch(() => {});
// @ts-expect-error Not checked.
const refused = (): unknown => db.query("select 1 as unchecked"); // plinth: unchecked
try {
  await refused();
} catch (error) {
  console.log((error as { code: string }).code);
}
await db.close();
`;

const STATEMENTS = `-- name: titles :many
select title as "title!", length(title) as "length!: number" from posts where user_id = :owner and title in (:titles);
`;

const servers = testServers();
const mariadb = servers.find(({ name }) => name === "mariadb");

test(
  "a checked program compiles, and gives the same rows on every database",
  { timeout: 180_000 },
  async () => {
    const databases = ["sqlite", "postgres", ...(mariadb === undefined ? [] : ["mariadb"])];
    project = createProject({
      "plinth.config.ts": `export default { check: { databases: ${JSON.stringify(databases)} } };`,
      "schema.ts": SCHEMA,
      "app.ts": PROGRAM,
      "queries/posts.sql": STATEMENTS,
      "package.json": '{ "type": "module" }',
      "tsconfig.json": JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions: {
          isolatedDeclarations: false,
          paths: { plinth: [join(root, "src/entry/main.ts")] },
          typeRoots: [join(root, "node_modules/@types")],
        },
        include: ["."],
        exclude: [],
      }),
    });
    const scratch = mariadb && (await createTestDatabase(mariadb));
    const checked = await project.spawn("check", ...(scratch ? ["--url", scratch.url] : []));
    await scratch?.drop();
    expect(checked).toMatchObject({ code: 0, err: "" });
    const compiler = join(root, "node_modules/typescript-7/bin/tsc");
    const compiled = spawnSync(process.execPath, [compiler, "-p", project.folder], {
      encoding: "utf8",
    });
    expect(compiled.stdout).toBe("");
    const outs = new Map<string, string>();
    for (const server of servers) {
      const database = await createTestDatabase(server);
      const { code, err, out } = await runProgram(join(project.folder, "app.ts"), {
        parameters: [database.url],
        folder: project.folder,
      });
      await database.drop();
      expect({ server: server.name, code, err }).toEqual({ server: server.name, code: 0, err: "" });
      outs.set(server.name, out);
    }
    expect(new Set(outs.values()).size).toBe(1);
    expect(outs.get("sqlite file")).toMatchInlineSnapshot(`
      "1
      {"id":"0190a5b4-0000-7000-8000-000000000001","name":"Ada","role":"admin","credit":"12.50","visits":"9007199254740993n","size":7,"ratio":0.5,"is_active":true,"settings":{"dark":true},"extra":null,"handle":"@ada","avatar":{"0":1,"1":2},"home":{"x":3},"born":"1815-12-10","wakes":"06:30:00","flags":"2n","secret":"hush","created_at":"1970-01-01T00:00:01.000Z"}
      [{"name":"Ada","settings":{"dark":true},"title":null,"postId":null,"total":1}]
      [{"name":"Ada","credit":"12.50"},[{"title":"First","length":5}]]
      E_UNCHECKED
      "
    `);
  },
);
