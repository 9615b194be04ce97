// What is wrong with a statement, and where, as the databases tell.
import { expect, test } from "vitest";
import { RefusedStatementError } from "../../../src/dialect/server/description.ts";
import { createTestDatabase } from "../../servers/databases.ts";
import { mariadbServers } from "../mysql/connected.ts";
import { Described } from "./soundness.ts";

const TABLES = "create table users (id integer primary key, name varchar(20) not null)";

/** The text with the piece that is meant in brackets, and what the server says of it. */
async function refusalsOf(url: string, texts: readonly string[]): Promise<string[]> {
  const described = await Described.open(url, TABLES);
  try {
    const found: string[] = [];
    for (const text of texts) {
      const error: unknown = await described.describe(text).catch((thrown: unknown) => thrown);
      if (!(error instanceof RefusedStatementError)) throw error;
      const { advice, start, end, words } = error.refusal;
      const marked =
        start === undefined
          ? text
          : `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;
      found.push([marked, words, ...(advice === undefined ? [] : [advice])].join(" · "));
    }
    return found;
  } finally {
    await described.close();
  }
}

const TEXTS = [
  "selct id from users",
  "select id, from users",
  "select id from users where",
  "select nam from users where id = :identity",
  "select id from users where :identity = id and nam = :name",
  "select u.nam from users u",
  "select id from users u where exists (select id as nam) and u.id = nam",
  "select id from user",
  "select '👋', nam, 'é' from users",
  "select frob(id) from users",
  "insert into users (id, nam) values (1, 'nam')",
  'select "nam" from users',
  "select id from users where name = 'x' and id = 1 and and 2 = 2",
];

test("SQLite's refusals are found in the text", { timeout: 60_000 }, async () => {
  expect(await refusalsOf("sqlite::memory:", TEXTS)).toMatchInlineSnapshot(`
    [
      "[selct] id from users · near "selct": syntax error",
      "select id, [from] users · near "from": syntax error",
      "select id from users where[] · incomplete input",
      "select [nam] from users where id = :identity · no such column: nam",
      "select id from users where :identity = id and [nam] = :name · no such column: nam",
      "select [u.nam] from users u · no such column: u.nam",
      "select id from users u where exists (select id as nam) and u.id = [nam] · no such column: nam",
      "select id from [user] · no such table: user",
      "select '👋', [nam], 'é' from users · no such column: nam",
      "select [frob](id) from users · no such function: frob",
      "insert into users (id, [nam]) values (1, 'nam') · table users has no column named nam",
      "select ["nam"] from users · no such column: "nam" - should this be a string literal in single-quotes?",
      "select id from users where name = 'x' and id = 1 and [and] 2 = 2 · near "and": syntax error",
    ]
  `);
});

test("PostgreSQL's refusals are found in the text", { timeout: 60_000 }, async () => {
  expect(
    await refusalsOf("pglite:", [
      ...TEXTS,
      "select id from users where id = 'x'",
      "select id || :a || name, count(*) from users",
    ]),
  ).toMatchInlineSnapshot(`
    [
      "[selct] id from users · syntax error at or near "selct"",
      "select id, [from] users · syntax error at or near "from"",
      "select id from users where[] · syntax error at end of input",
      "select [nam] from users where id = :identity · column "nam" does not exist · Perhaps you meant to reference the column "users.name".",
      "select id from users where :identity = id and [nam] = :name · column "nam" does not exist · Perhaps you meant to reference the column "users.name".",
      "select [u.nam] from users u · column u.nam does not exist · Perhaps you meant to reference the column "u.name".",
      "select id from users u where exists (select id as nam) and u.id = [nam] · column "nam" does not exist · Perhaps you meant to reference the column "u.name".",
      "select [id] from user · column "id" does not exist",
      "select '👋', [nam], 'é' from users · column "nam" does not exist · Perhaps you meant to reference the column "users.name".",
      "select [frob](id) from users · function frob(integer) does not exist · No function matches the given name and argument types. You might need to add explicit type casts.",
      "insert into users (id, [nam]) values (1, 'nam') · column "nam" of relation "users" does not exist",
      "select ["nam"] from users · column "nam" does not exist · Perhaps you meant to reference the column "users.name".",
      "select id from users where name = 'x' and id = 1 and [and] 2 = 2 · syntax error at or near "and"",
      "select id from users where id = ['x'] · invalid input syntax for type integer: "x"",
      "select [id] || :a || name, count(*) from users · column "users.id" must appear in the GROUP BY clause or be used in an aggregate function",
    ]
  `);
});

test.each(mariadbServers)("MariaDB's refusals are found in the text", async (server) => {
  const { url, drop } = await createTestDatabase(server);
  try {
    const found = await refusalsOf(url, [
      ...TEXTS,
      "select a.id, id from users a, users b",
      "select id,\n  name,\nfrom users\nwhere id = :id",
      "insert into users (id) values (1) returning nam",
    ]);
    expect(found.map((one) => one.replaceAll(/plinth_test_\w+/g, "app"))).toMatchInlineSnapshot(`
      [
        "[selct] id from users · You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'selct id from users' at line 1",
        "select id, [from] users · You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'from users' at line 1",
        "select id from users where[] · You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1",
        "select [nam] from users where id = :identity · Unknown column 'nam' in 'SELECT'",
        "select id from users where :identity = id and [nam] = :name · Unknown column 'nam' in 'WHERE'",
        "select [u.nam] from users u · Unknown column 'u.nam' in 'SELECT'",
        "select id from users u where exists (select id as nam) and u.id = [nam] · Unknown column 'nam' in 'WHERE'",
        "select id from [user] · Table 'app.user' doesn't exist",
        "select '👋', [nam], 'é' from users · Unknown column 'nam' in 'SELECT'",
        "select [frob](id) from users · FUNCTION app.frob does not exist",
        "insert into users (id, [nam]) values (1, 'nam') · Unknown column 'nam' in 'INSERT INTO'",
        "select ["nam"] from users · Unknown column 'nam' in 'SELECT'",
        "select id from users where name = 'x' and id = 1 and [and] 2 = 2 · You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'and 2 = 2' at line 1",
        "select a.id, [id] from users a, users b · Column 'id' in SELECT is ambiguous",
        "select id,
        name,
      [from] users
      where id = :id · You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'from users
      where id = ?' at line 3",
        "insert into users (id) values (1) returning [nam] · Unknown column 'nam' in 'RETURNING'",
      ]
    `);
  } finally {
    await drop();
  }
});
