import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspect } from "../../../src/connect/inspect.ts";
import { openMysqlDescribe } from "../../../src/databases/mysql/describe/describe.ts";
import { mariadb } from "../../../src/databases/mysql/mariadb.ts";
import { mysql, type Variant } from "../../../src/databases/mysql/variant.ts";
import type { Describe } from "../../../src/dialect/server/description.ts";
import { createTestDatabase, type TestDatabase } from "../../servers/databases.ts";
import { mariadbServers } from "../mysql/connected.ts";
import { CASES } from "./mysql-cases.ts";
import { rowsOf, TABLES } from "./mysql-tables.ts";
import { Queries } from "./queries.ts";
import { claimOf, Described } from "./soundness.ts";

describe.each(mariadbServers)("on $name", (server) => {
  let database: TestDatabase;
  let described: Described;

  beforeAll(async () => {
    database = await createTestDatabase(server);
    described = await Described.open(database.url, TABLES);
  });
  afterAll(async () => {
    await described.close();
    await database.drop();
  });

  /** Of the tables as they are now. */
  async function describeFor(variant: Variant): Promise<Describe> {
    const { session } = described;
    const { model } = await inspect(session);
    const connection = session.connection.behind ?? session.connection;
    return openMysqlDescribe({ model, connection, ask: (text) => session.askRaw(text) }, variant);
  }

  test("tells of each column whether it can be NULL", () => described.expectCases(CASES, 0.59));

  test("never says so of a column that has NULL, whatever the rows", { timeout: 900_000 }, () =>
    described.expectSoundOnRows(() => CASES.map(([text]) => text), rowsOf, 2),
  );

  test("never says so of queries made at random", { timeout: 900_000 }, () =>
    described.expectSoundOnRows((random) => new Queries(random, "mysql").some(30), rowsOf, 4),
  );
  test("tells types, parameters and the columns that are meant", async () => {
    const { columns, parameters } = await described.describe(
      `select u.id, u.role, u.active, u.meta, u.created, u.balance, u.mark, count(*) as n, v.title, coalesce(u.age, 0) as age,
        sum(u.age) as total, avg(u.balance) as mean, max(u.born) as last, json_extract(u.meta, '$.a') as a, u.name || 'x' as named
      from users u left join vv v on v.id = u.id
      where u.role = :role and u.id in (:id, 7) and :nick = u.nick and created between :from and :to and :free is null
        and exists (select 1 from posts where uid = u.id and title like :like and weight > :weight)
      group by u.id, v.title limit :count`,
    );
    expect(parameters.map(({ name, type }) => [name, type?.kind])).toEqual([
      ["role", "enum"],
      ["id", "bigint"],
      ["nick", "text"],
      ["from", "timestamp"],
      ["to", "timestamp"],
      ["free", undefined],
      ["like", "text"],
      ["weight", "double"],
      ["count", "bigint"],
    ]);
    expect(
      columns.map(({ name, type, origin }) => [name, type?.kind, origin?.table, origin?.column]),
    ).toEqual([
      ["id", "bigint", "users", "id"],
      ["role", "enum", "users", "role"],
      ["active", "boolean", "users", "active"],
      ["meta", "json", "users", "meta"],
      ["created", "timestamp", "users", "created"],
      ["balance", "decimal", "users", "balance"],
      ["mark", "uuid", "users", "mark"],
      ["n", "bigint", undefined, undefined],
      ["title", "text", "vv", "title"],
      ["age", "integer", undefined, undefined],
      ["total", "bigint", undefined, undefined],
      ["mean", "decimal", undefined, undefined],
      ["last", "date", undefined, undefined],
      ["a", "json", undefined, undefined],
      ["named", "text", undefined, undefined],
    ]);
    expect(columns[5]?.type).toEqual({ kind: "decimal", precision: 10, scale: 2 });
  });

  test.each([
    [
      "insert into posts (uid, title, at) values (?, upper('a'), ?), (?, ?, 3)",
      "bigint integer bigint text",
    ],
    ["insert into labels values (?, ?, ?) returning post + ?", "bigint text integer -"],
    ["replace labels (label, post) values (?, ?)", "text bigint"],
    ["insert into notes set id = ?, text = ?", "integer text"],
    [
      "insert into labels select id, ?, null from posts where title = ? on duplicate key update weight = ?",
      "- text integer",
    ],
    [
      "update users u join posts p on p.uid = u.id set u.created = ?, active = ? where p.at >= ?",
      "timestamp boolean integer",
    ],
    ["delete from p using posts p join users u on u.id = p.uid where u.born < ?", "date"],
    ["delete posts from posts join users using (id) where mark = ?", "uuid"],
    [
      "with a as (select id, age as old from users where role <> ?) select * from a where old = ? limit ?, ?",
      "enum integer bigint bigint",
    ],
    ["select id from posts union select id from users where nick = ? order by ?", "text -"],
    [
      "select (select count(*) from posts p where p.uid = u.id and (body is null or body = ?)) from users u where age <=> ?",
      "text integer",
    ],
    ["select age + 1 as id from users having id > ?", "-"],
    [
      "select id from users where age + 1 = ? and -id < ? and id = ? + 1 and lower(name) = ?",
      "- - - -",
    ],
    ["select coalesce(born, ?), ifnull(balance, ?), concat(name, ?) from users", "date decimal -"],
    [
      "select id from users where (id, name) = (?, ?) and id not in (select post from labels where weight not in (?))",
      "- - integer",
    ],
    [
      "select t.n from (select count(*) as n from posts) t where t.n between ? and ?",
      "bigint bigint",
    ],
    ["select id from vv where title = ?", "text"],
    ["select id from users where id = ? for update", "bigint"],
    ["select id from users /* ? */ where name = '?' and `id` = ? -- ?", "bigint"],
  ])("tells the parameters of %s", async (text, kinds) => {
    const { parameters } = await described.describe(text);
    expect(parameters.map(({ type }) => type?.kind ?? "-").join(" ")).toBe(kinds);
  });

  test("tells what a write gives back, and runs none", async () => {
    const text =
      "insert into notes (id, text) values (:id, 'never') returning id, upper(text) as big;";
    const { columns } = await described.describe(text);
    expect(columns.map(({ name, type, origin }) => [name, type?.kind, origin?.column])).toEqual([
      ["id", "integer", "id"],
      ["big", "text", undefined],
    ]);
    const rows = await described.session.askRaw("select id from notes where text = 'never'");
    expect(rows).toEqual([]);
  });

  test("refuses what the server refuses, and several statements", async () => {
    const codeOf = (text: string): Promise<unknown> =>
      described.describe(text).then(
        () => "described",
        (error: unknown) => Reflect.get(Object(error), "code") as unknown,
      );
    expect(await codeOf("select * from userz")).toBe("E_MISSING_TABLE");
    expect(await codeOf("select agee from users")).toBe("E_MISSING_COLUMN");
    expect(await codeOf("insert into notes (id) values (1) returning nope")).toBe(
      "E_MISSING_COLUMN",
    );
    expect(await codeOf("selec 1")).toBe("E_SYNTAX");
    expect(await codeOf("select 1; drop table users")).toBe("E_SYNTAX");
    expect(await codeOf("")).toBe("E_SYNTAX");
    expect(await codeOf("select 1 from users;")).toBe("described");
  });

  test("believes nothing that stands where it doesn't look", async () => {
    const other = await createTestDatabase(server);
    const name = new URL(other.url).pathname.slice(1);
    const { session } = described;
    try {
      await session.script(`
        create table ${name}.things (id int not null);
        create view ${name}.rolled as select id, count(*) as n from ${name}.things group by id with rollup;
        create view ${name}.ones as select id, 1 as one from ${name}.things;
        create view beyond as select id, n from ${name}.rolled`);
      const claims: Record<string, string> = {
        [`select id, n from ${name}.rolled`]: "??",
        "select id, n from beyond": "??",
        [`select o.one, u.id from users u left join ${name}.ones o on o.id = u.id`]: "?!",
        "select p.id from users u /*! left */ join posts p on p.uid = u.id": "?",
        "select p.id from users u join posts p on p.uid = u.id /* left */": "!",
      };
      const describeAnew = await describeFor(mariadb);
      const found: Record<string, string> = {};
      for (const text of Object.keys(claims)) found[text] = claimOf(await describeAnew(text));
      expect(found).toEqual(claims);
    } finally {
      await session.script("drop view if exists beyond");
      await other.drop();
    }
  });

  test("believes MySQL only what is plain", async () => {
    const describeOnMysql = await describeFor(mysql);
    const claims: Record<string, string> = {
      "select id, name, age from users where age > 1 order by id limit 3": "!!?",
      "select u.id, p.title from users u join posts p on p.uid = u.id": "!!",
      "select u.id, p.title from users u left join posts p on p.uid = u.id": "??",
      "select count(*), id from users": "??",
      "select id, upper(name), age is null from users": "!??",
      "select id from named": "?",
      "select id from users union select id from posts": "?",
      "select x.id from (select id from users) x": "?",
    };
    const found: Record<string, string> = {};
    for (const text of Object.keys(claims)) found[text] = claimOf(await describeOnMysql(text));
    expect(found).toEqual(claims);
  });
});
