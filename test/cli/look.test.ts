import { connect, sql } from "plinth";
import { expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { script } from "../inspect/kit.ts";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";

type Product = "mariadb" | "postgres" | "sqlite";

function productOf({ name }: TestServer): Product {
  return name === "mariadb" ? "mariadb" : name.startsWith("postgres") ? "postgres" : "sqlite";
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param columns Of a terminal; without them the output is a file. */
async function plinth(argv: readonly string[], columns?: number): Promise<Run> {
  let out = "";
  let err = "";
  const terminal = {
    stdout: {
      write: (text: string) => (out += text),
      ...(columns !== undefined && { isTTY: true, columns }),
    },
    stderr: { write: (text: string) => (err += text) },
  };
  const code = await main(argv, terminal, "/");
  return { code, out, err };
}

const quote = (product: Product, name: string): string =>
  product === "mariadb" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;

const BLOB: Readonly<Record<Product, readonly [type: string, literal: string]>> = {
  sqlite: ["blob", "x'00ff1b'"],
  postgres: ["bytea", String.raw`'\x00ff1b'`],
  mariadb: ["longblob", "x'00ff1b'"],
};

/** A name that is none in any language. */
const ODD = 'a"b`c; drop';

async function prepare(server: TestServer): Promise<{ url: string; drop(): Promise<void> }> {
  const product = productOf(server);
  const database = await createTestDatabase(server);
  const db = await connect(database.url);
  const [type, literal] = BLOB[product];
  const statements = [
    "create table teams (id integer not null primary key, name varchar(20) not null unique)",
    `create table people (id integer not null primary key, name varchar(200), big bigint, data ${type},
      team_id integer references teams (id) on delete cascade, constraint grown check (id > 0))${product === "mariadb" ? " character set utf8mb4" : ""}`,
    "create index people_team on people (team_id)",
    "create view named as select id, name from people where name is not null",
    `create table ${quote(product, ODD)} (${quote(product, "x y")} integer)`,
    `insert into ${quote(product, ODD)} values (1)`,
    "insert into teams values (1, 'red'), (2, 'blue')",
    `insert into people values (1, 'Ada', 9007199254740993, ${literal}, 1)`,
    "insert into people values (2, null, null, null, null)",
    "insert into people values (3, 'NULL', -1, null, 2)",
    "insert into people values (4, '', 0, null, 2)",
  ];
  for (const statement of statements) await db.execute(sql.raw(statement) as never);
  const hostile = "\u001b[31m日本\n\u202eevil\u0007";
  await db.execute(sql`insert into people (id, name) values (5, ${hostile})`);
  await db.execute(sql`insert into people (id, name) values (6, ${"x".repeat(200)})`);
  await db.close();
  return database;
}

for (const server of testServers().filter(({ name }) => name.startsWith("postgres"))) {
  test(`tells of ${server.name} what a user with few rights may know`, async () => {
    const database = await prepare(server);
    const role = `plinth_reader_${process.pid}_${server.name.replace(" ", "")}`;
    const db = await connect(database.url);
    await script(
      db,
      `create role ${role} login password 'secret'; grant select on teams to ${role}`,
    );
    const url = new URL(database.url);
    url.username = role;
    url.password = "secret";
    const list = await plinth(["tables", "--json", "--url", url.href]);
    expect(list).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(list.out)).toMatchObject([
      { name: ODD, rows: null },
      { name: "named", rows: null },
      { name: "people", rows: null, isEstimate: false },
      { name: "teams", rows: 2 },
    ]);
    expect((await plinth(["tables", "people", "--url", url.href])).out).toMatch(
      /^people {2}table\n╭/,
    );
    await script(db, `drop owned by ${role}; drop role ${role}`);
    await db.close();
    await database.drop();
  });
}

for (const server of testServers().filter(({ name }) => name !== "sqlite memory")) {
  const product = productOf(server);

  test(`tells which tables there are on ${server.name}, and all of one`, async () => {
    const database = await prepare(server);
    const at = ["--url", database.url];
    const list = await plinth(["tables", ...at]);
    expect(list).toMatchObject({ code: 0, err: "" });
    expect(list.out).toBe(
      [
        "╭─────────────┬───────┬──────┬─────────┬────────────╮",
        "│ name        │ kind  │ rows │ columns │ references │",
        "├─────────────┼───────┼──────┼─────────┼────────────┤",
        '│ a"b`c; drop │ table │    1 │       1 │            │',
        "│ named       │ view  │      │       2 │            │",
        "│ people      │ table │    6 │       5 │ teams      │",
        "│ teams       │ table │    2 │       2 │            │",
        "╰─────────────┴───────┴──────┴─────────┴────────────╯",
        "4 in all; plinth tables NAME tells all of one",
        "",
      ].join("\n"),
    );
    expect(JSON.parse((await plinth(["tables", "--json", ...at])).out)).toMatchObject([
      { name: ODD, kind: "table", rows: 1, columns: ["x y"] },
      { name: "named", kind: "view", rows: null },
      { name: "people", rows: 6, isEstimate: false },
      { name: "teams", rows: 2 },
    ]);

    const people = await plinth(["tables", "people", ...at]);
    expect(people.out).toMatch(/^people {2}6 rows\n╭/);
    expect(people.out).toMatch(/│ team_id │ (?:integer|bigint) +│ NULL .*│ → teams\.id +│/);
    expect(people.out).toMatch(/\nindexes\n {2}people_team \(team_id\)\n/);
    expect(people.out).toMatch(/\nreferences\n {2}\(team_id\) to teams \(id\) on delete cascade\n/);
    expect(people.out).toMatch(/\nchecks\n {2}grown /);
    const teams = await plinth(["tables", "teams", ...at]);
    expect(teams.out).toContain(
      "\nreferenced by\n  people (team_id) to teams (id) on delete cascade\n",
    );
    expect(JSON.parse((await plinth(["tables", "teams", "--json", ...at])).out)).toMatchObject({
      name: "teams",
      rows: 2,
      columns: [{ name: "id" }, { name: "name", type: "varchar(20)", nullable: false }],
      referencedBy: [{ table: "people", columns: ["team_id"] }],
    });
    expect((await plinth(["tables", "named", ...at])).out).toMatch(/^named {2}view\n[^]*\nquery\n/);
    const none = await plinth(["tables", "peopel", ...at]);
    expect(none).toMatchObject({ code: 1, out: "" });
    expect(none.err).toBe('plinth: There is no table or view "peopel". Is it people? [E_CONFIG]\n');
    await database.drop();
  });

  test(`shows rows on ${server.name} so that nothing in them does harm`, async () => {
    const database = await prepare(server);
    const at = ["--url", database.url];
    const shown = await plinth(["rows", "people", "--columns", "id,name,big,data", ...at]);
    expect(shown).toMatchObject({ code: 0, err: "" });
    expect(shown.out).toBe(
      [
        `╭────┬─${"─".repeat(60)}─┬──────────────────┬──────────╮`,
        `│ id │ name${" ".repeat(56)} │              big │ data     │`,
        `├────┼─${"─".repeat(60)}─┼──────────────────┼──────────┤`,
        `│  1 │ Ada${" ".repeat(57)} │ 9007199254740993 │ 0x00ff1b │`,
        `│  2 │ NULL${" ".repeat(56)} │             NULL │ NULL     │`,
        `│  3 │ 'NULL'${" ".repeat(54)} │               -1 │ NULL     │`,
        `│  4 │ ''${" ".repeat(58)} │                0 │ NULL     │`,
        String.raw`│  5 │ \u001b[31m日本\n\u202eevil\u0007` +
          `${" ".repeat(28)} │             NULL │ NULL     │`,
        `│  6 │ ${"x".repeat(59)}… │             NULL │ NULL     │`,
        `╰────┴─${"─".repeat(60)}─┴──────────────────┴──────────╯`,
        "6 rows",
        "",
      ].join("\n"),
    );
    const data = JSON.parse(
      (await plinth(["rows", "people", "--json", "--limit", "1", ...at])).out,
    ) as unknown;
    expect(data).toEqual([
      { id: 1, name: "Ada", big: "9007199254740993", data: "0x00ff1b", team_id: 1 },
    ]);

    const ids = async (...argv: string[]): Promise<unknown> => {
      const { err, out } = await plinth([
        "rows",
        "people",
        "--json",
        "--columns",
        "id",
        ...argv,
        ...at,
      ]);
      expect(err).toBe("");
      return (JSON.parse(out) as { id: number }[]).map(({ id }) => id);
    };
    expect(await ids("--where", "team_id=2")).toEqual([3, 4]);
    expect(await ids("--where", "team_id=2", "--where", "name=")).toEqual([4]);
    expect(await ids("--where", "name=NULL")).toEqual([3]);
    expect(await ids("--where", "name=' or 1=1 --")).toEqual([]);
    expect(await ids("--null", "name")).toEqual([2]);
    expect(await ids("--not-null", "team_id", "--order", "-id", "--limit", "2")).toEqual([4, 3]);
    expect(await ids("--order", "-id", "--offset", "4")).toEqual([2, 1]);
    expect((await plinth(["rows", ODD, "--where", "x y=1", ...at])).out).toContain("│ x y │");
    expect((await plinth(["rows", "named", "--limit", "1", "--order", "id", ...at])).out).toMatch(
      /1 row, and there are more\n$/,
    );
    expect((await plinth(["rows", "people", "--where", "id=99", ...at])).out).toBe("no rows\n");

    const refused = await plinth(["rows", "people", "--where", "nam=1", ...at]);
    expect(refused.err).toMatch(/no column in people "nam"\. Is it name\?/);
    expect((await plinth(["rows", "people", "--where", "name", ...at])).err).toMatch(
      /takes column=value.*--null column/,
    );
    expect((await plinth(["rows", "people", "--limit", "x", ...at])).err).toMatch(
      /--limit takes a whole number/,
    );
    expect((await plinth(["rows", ...at])).err).toMatch(/takes the name of one table/);
    await database.drop();
  });

  test(`keeps to the width of a terminal on ${server.name}`, async () => {
    const database = await prepare(server);
    const at = ["--url", database.url];
    const narrow = await plinth(["rows", "people", ...at], 60);
    // oxlint-disable-next-line no-control-regex
    const lines = narrow.out.replaceAll(/\u001b\[\d+m/g, "").split("\n");
    expect(lines[0]).toHaveLength(60);
    expect(lines[7]).toMatch(/^│ +5 │ \\u001b\S*… │/);
    const records = await plinth(["rows", "people", "--limit", "1", ...at], 30);
    // oxlint-disable-next-line no-control-regex
    expect(records.out.replaceAll(/\u001b\[\d+m/g, "")).toBe(
      "── 1 ───\nid       1\nname     Ada\nbig      9007199254740993\ndata     0x00ff1b\nteam_id  1\n1 row, and there are more\n",
    );
    await database.drop();
  });

  test(`values that JavaScript has no word for are shown on ${server.name}`, async () => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    const made: Readonly<Record<Product, readonly string[]>> = {
      sqlite: [
        "create table odd (a, b integer, c real)",
        "insert into odd values ('text in a number', 'not a number', 9e999), (x'ff', 9223372036854775807, -1.5)",
      ],
      postgres: [
        "create table odd (a timestamptz, b date, c numeric, d int4range, e jsonb, f text[], g interval, h double precision)",
        `insert into odd values ('infinity', '-infinity', 'NaN', '[1,5)', '{"a":[1,null]}', '{a,"b,c"}', '1 day 2 hours', 'Infinity'), ('0044-03-15 BC', '4713-01-01 BC', 1e30, 'empty', 'null', '{}', '0', '-0')`,
      ],
      mariadb: [
        "set session sql_mode = ''; create table odd (a datetime, b date, c decimal(60, 2), d json, e bit(9), f year, g set('x', 'y'));" +
          `insert into odd values ('0000-00-00', '0000-00-00', 123456789012345678901234567890, '{"a":[1,null]}', b'101', 2026, 'x,y')`,
      ],
    };
    for (const text of made[product]) await script(db, text);
    await db.close();
    const shown = await plinth(["rows", "odd", "--url", database.url]);
    expect(shown).toMatchObject({ code: 0, err: "" });
    expect(shown.out).toMatch(/\d rows?\n$/);
    const data = await plinth(["rows", "odd", "--json", "--url", database.url]);
    expect(JSON.parse(data.out)).toHaveLength(product === "mariadb" ? 1 : 2);
    await database.drop();
  });
}

test("an empty database, and a name with a schema before it", async () => {
  expect((await plinth(["tables", "--url", "sqlite::memory:"])).out).toBe("there are no tables\n");
  expect((await plinth(["tables", "--help"])).out).toMatch(/^Usage: plinth tables/);
  expect((await plinth(["rows", "--help"])).out).toMatch(/^Usage: plinth rows/);
  for (const server of testServers().filter(({ name }) => name === "postgres 18")) {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    for (const text of [
      "create schema shop",
      "create table shop.items (id integer primary key)",
      "insert into shop.items values (7)",
    ])
      await db.execute(sql.raw(text) as never);
    await db.close();
    const at = ["--url", database.url];
    expect((await plinth(["tables", "--schema", "shop", ...at])).out).toContain("│ shop.items │");
    expect((await plinth(["tables", "shop.items", ...at])).out).toMatch(/^shop\.items {2}1 row\n/);
    expect((await plinth(["rows", "shop.items", "--json", ...at])).out).toBe(
      '[\n  {\n    "id": 7\n  }\n]\n',
    );
    await database.drop();
  }
});

test("rows of a large table are estimated", async () => {
  for (const server of testServers().filter(({ name }) => name === "postgres 18")) {
    const database = await createTestDatabase(server);
    const db = await connect(database.url);
    await script(
      db,
      "create table many as select generate_series(1, 10100) as id; analyze many; create table few (id integer)",
    );
    await db.close();
    const { out } = await plinth(["tables", "--url", database.url]);
    expect(out).toMatch(/│ few {2}│ {7}0 │/);
    expect(out).toMatch(/│ many │ ~10,100 │/);
    await database.drop();
  }
});
