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

describe.each(servers)("on $name", { timeout: 120_000 }, (server) => {
  test("of some tables, keys to others are no change", async () => {
    await onBench(server, TABLES, async ({ entities, text }) => {
      await entities("--tables", "posts");
      const before = text();
      expect(before).toContain('foreign key "posts_author_id_fkey" to "users"');

      const out = await entities("--tables", "posts", "--check");
      expect(out).toMatch(/^nothing has changed\n1 table/);
      expect(text()).toBe(before);
    });
  });

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

const SHOP = `
create table owners (id integer not null primary key, name varchar(40) not null, meta varchar(300), created_at varchar(30));
create table shops (
  id integer not null primary key, owner_id integer not null, "status" varchar(10) not null default 'open', extra varchar(90),
  constraint shops_owner_id_fkey foreign key (owner_id) references owners (id), constraint shops_open check ("status" <> '')
);
create index shops_status_idx on shops ("status");
`;

describe.each(testServers().filter(({ name }) => name === "sqlite file"))(
  "in detail",
  { timeout: 120_000 },
  (server) => {
    test("what only the program says of a column comes along when the column changes", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, text }) => {
        await entities();
        edit("schema.ts", [
          "varchar({ length: 40 }).notNull()",
          'varchar({ length: 40 }).notNull().$type<`mr ${string}`>().$default(() => "mr x")',
        ]);
        await script(
          db,
          "alter table owners rename to old; create table owners (id integer not null primary key, name varchar(50) not null, meta varchar(300), created_at varchar(30)); drop table old;",
        );
        expect(await entities()).toContain("owners.name has changed");
        expect(text()).toMatch(
          /name: varchar\(\{ length: 50 \}\)\s*\.notNull\(\)\s*\.\$type<`mr \$\{string\}`>\(\)\s*\.\$default\(\(\) => "mr x"\)/,
        );
      });
    });

    test("a second key between two tables makes relations name theirs, and one that was left out stays out", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, project, text }) => {
        await entities();
        expect(text()).toContain("owner: r.one(owners)");
        edit(
          "schema.ts",
          ["owners: {\n      shops: r.many(shops),\n    },\n", ""].map(unindented) as never,
        );
        expect(await entities()).toMatch(/^nothing has changed/);
        await script(db, "alter table shops add column seller_id integer references owners (id)");
        const out = await entities();
        expect(out).toContain("relation shops.seller is new");
        expect(text()).toContain("owner: r.one(owners, { on: shops.ownerId })");
        expect(text()).toContain("seller: r.one(owners, { on: shops.sellerId })");
        expect(text()).toContain("sellerShops: r.many(shops, { on: shops.sellerId })");
        expect(text()).not.toContain("ownerShops");
        expect(compileErrors(project.folder)).toBe("");
        expect(await entities()).toMatch(/^nothing has changed/);
      });
    });

    test("indexes, checks and comments come and go, and others stay as they are written", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, text }) => {
        await entities();
        edit("schema.ts", ["index().on(t.status)", "index() /* by state */.on(t.status)"]);
        await script(
          db,
          `drop table shops; create table shops (
        id integer not null primary key, owner_id integer not null, "status" varchar(10) not null default 'open', extra varchar(90),
        constraint shops_owner_id_fkey foreign key (owner_id) references owners (id), constraint shops_extra check (extra <> 'x'));
        create index shops_status_idx on shops ("status"); create unique index by_extra on shops (extra desc);
        create trigger looked after delete on shops begin select 1; end`,
        );
        const out = await entities();
        expect(out).toContain("shops: check shops_open is gone");
        expect(text()).toContain("index() /* by state */.on(t.status)");
        expect(text()).toContain('uniqueIndex("by_extra").on(desc(t.extra))');
        expect(text()).not.toContain("shops_open");
        expect(text()).toMatch(/import \{[^}]*\bdesc\b[^}]*uniqueIndex/);
        expect(text()).toContain('// - trigger "looked"\nexport const shops');
        await script(db, "drop trigger looked; drop index by_extra; drop index shops_status_idx");
        await entities();
        expect(text()).not.toContain("left alone");
        expect(text()).not.toMatch(/\b(?:desc|index|uniqueIndex)\b/);
        expect(await entities()).toMatch(/^nothing has changed/);
      });
    });

    test("conditions in other words stay as long as the server makes the same of them", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, text }) => {
        await entities();
        edit(
          "schema.ts",
          [
            "check(\"shops_open\", sql`${t.status} <> ''`)",
            'check("shops_open", ne(t.status, ""))',
          ],
          ["import { ", "import { ne, "],
        );
        await script(
          db,
          `drop table shops; create table shops (
          id integer not null primary key, owner_id integer not null, "status" varchar(10) not null default 'open', extra varchar(90),
          constraint shops_owner_id_fkey foreign key (owner_id) references owners (id), constraint shops_open check (("status" <> '')));
          create index shops_status_idx on shops ("status"); create index shops_extra_idx on shops (extra)`,
        );
        const out = await entities();
        expect(out).toContain("shops: index shops_extra_idx is new");
        expect(out).not.toContain("check");
        expect(text()).toContain('check("shops_open", ne(t.status, ""))');
      });
    });

    test("a run for some tables leaves the others", async () => {
      await onBench(server, SHOP, async ({ db, entities, text }) => {
        await entities();
        await script(
          db,
          "create table more (id integer not null primary key, shop_id integer references shops (id)); alter table owners add column x integer",
        );
        const out = await entities("--tables", "more", "--tables", "shops");
        expect(out).toContain("more is new");
        expect(text()).toContain("export const owners");
        expect(text()).not.toContain("x: ");
        expect(text()).toContain("owner: r.one(owners)");
      });
    });

    test("modules for each table are merged, come and go", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, project, text }) => {
        await entities("--per-table", "--out", "db");
        edit("db/shops.ts", [
          "export const shops",
          'import { eq } from "plinth";\n\nexport const isOpen = () => eq(shops.status, "open");\n\nexport const shops',
        ]);
        project.write("db/mine.ts", "export const mine = 1;\n");
        expect(await entities("--out", "db/index.ts")).toMatch(/^nothing has changed/);
        await script(
          db,
          "create table visits (shop_id integer not null references shops (id), at_day date not null, note json, primary key (shop_id, at_day)); alter table shops add column area decimal(8, 2); drop table if exists none",
        );
        await entities("--out", "db/index.ts");
        expect(text("db/visits.ts")).toContain('import { shops } from "./shops.ts";');
        expect(text("db/shops.ts")).toContain("isOpen");
        expect(text("db/shops.ts")).toMatch(/import \{[^}]*decimal/);
        expect(text("db/index.ts")).toContain('export * from "./visits.ts";');
        expect(text("db/index.ts")).toContain("visits: r.many(visits)");
        expect(compileErrors(project.folder)).toBe("");
        await script(db, "drop table visits");
        const out = await entities("--out", "db/index.ts");
        expect(out).toMatch(/^removed {2}db\/visits\.ts$/m);
        expect(text("db/index.ts")).not.toContain("visits");
        expect(text("db/mine.ts")).toBe("export const mine = 1;\n");
        expect(compileErrors(project.folder)).toBe("");
      });
    });

    test("what is read as a number may be said to be more", async () => {
      await onBench(
        server,
        "create table t (id integer not null primary key, at integer, flags integer, token text, state text check (state in ('a', 'b')))",
        async ({ edit, entities, project, text }) => {
          await entities();
          edit(
            "schema.ts",
            ['at: bigint({ mode: "number" })', 'at: timestamp({ storage: { sqlite: "seconds" } })'],
            ['flags: bigint({ mode: "number" })', "flags: bitField({ flags: { read: 0 } })"],
            ["token: text()", "token: json<{ a: number }>()"],
            [", text }", " }"],
            ["import { ", "import { bitField, json, timestamp, "],
          );
          const edited = text();
          await entities();
          expect(text().replace(/^import[^]*?from.*$/m, "")).toBe(
            edited.replace(/^import[^]*?from.*$/m, ""),
          );
          expect(compileErrors(project.folder)).toBe("");
        },
      );
    });

    test("what can't be taken apart is told, and stays", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, text }) => {
        await entities();
        edit(
          "schema.ts",
          ['export const owners = table("owners", {', "const parts = {"],
          [
            "createdAt: varchar({ length: 30 }),\n});",
            'createdAt: varchar({ length: 30 }),\n};\nexport const owners = table("owners", parts);',
          ],
        );
        const edited = text();
        expect(await entities()).toMatch(/^nothing has changed/);
        await script(db, "alter table owners add column more integer");
        expect(await entities()).toContain(
          "owners: its columns are not written out, and stay as they are",
        );
        expect(text()).toBe(edited);
      });
    });

    test("a table that another module declares stays there", async () => {
      await onBench(server, SHOP, async ({ db, edit, entities, project, text }) => {
        await entities();
        const found = /export const owners = [^]*?\n\}\);\n/.exec(text())![0];
        project.write("owners.ts", `import { bigint, table, varchar } from "plinth";\n${found}`);
        edit(
          "schema.ts",
          [found, ""],
          ["import {", 'import { owners } from "./owners.ts";\nimport {'],
        );
        const edited = text();
        expect(await entities()).toMatch(/^nothing has changed/);
        await script(
          db,
          "alter table owners add column x integer; create table more (id integer not null primary key, owner_id integer references owners (id))",
        );
        expect(await entities()).toContain("owners is declared elsewhere, and stays as it is");
        expect(text().match(/table\("owners"/g)).toBeNull();
        expect(text()).toContain("owner: r.one(owners, { on: more.ownerId })");
        expect(text()).not.toBe(edited);
        expect(compileErrors(project.folder)).toBe("");
      });
    });

    test("a module that doesn't load is refused, and written anew by force", async () => {
      await onBench(server, SHOP, async ({ edit, entities, project, text, url }) => {
        await entities();
        const made = text();
        edit("schema.ts", ["defineSchema({", "defineSchema(nothing, {"]);
        const refused = await project.spawn("entities", "--url", url);
        expect(refused.code).toBe(1);
        expect(refused.err).toMatch(/schema\.ts can't be loaded: nothing is not defined\. Mend it/);
        await entities("--force");
        expect(text()).toBe(made);
      });
    });
  },
);

/** Text of a module, whose indentation doesn't matter here. */
function unindented(text: string): string {
  return text.replaceAll(/^ {2}(?= {2}|\})/gm, "");
}
