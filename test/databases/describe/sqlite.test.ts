import { afterAll, beforeAll, expect, test } from "vitest";
import { isStrict, kindsOfCall } from "../../../src/databases/sqlite/describe/total-functions.ts";
import * as kinds from "../../../src/databases/sqlite/describe/values.ts";
import { Queries } from "./queries.ts";
import { Described } from "./soundness.ts";
import { CASES } from "./sqlite-cases.ts";
import { rowsOf, TABLES } from "./sqlite-tables.ts";

let described: Described;

beforeAll(async () => {
  described = await Described.open("sqlite::memory:", TABLES);
});
afterAll(() => described.close());

test("tells of each column whether it can be NULL", () => described.expectCases(CASES, 0.95));

test("never says so of a column that has NULL, whatever the rows", { timeout: 900_000 }, () =>
  described.expectSoundOnRows(() => CASES.map(([text]) => text), rowsOf, 2),
);

test("never says so of queries made at random", { timeout: 900_000 }, () =>
  described.expectSoundOnRows((random) => new Queries(random, "sqlite").some(30), rowsOf, 4),
);

test("a key may be NULL where it isn't the number of the row", async () => {
  const keys = await Described.open(
    "sqlite::memory:",
    `
    create table numbered (id integer primary key);
    create table behind (id integer, primary key (id desc));
    create table bare (id integer primary key) without rowid;
    create table falling (id integer primary key desc);
    create table short (id int primary key);
    insert into falling values (null);
    insert into short values (null);`,
  );
  const isNullable = async (text: string): Promise<boolean | undefined> =>
    (await keys.describe(text)).columns[0]?.isNullable;
  try {
    for (const table of ["numbered", "behind", "bare"])
      expect(await isNullable(`select id from ${table}`), table).toBe(false);
    for (const table of ["falling", "short"])
      expect(await isNullable(`select id from ${table}`), table).toBe(true);
    expect(await isNullable("select rowid as number from falling")).toBe(false);
  } finally {
    await keys.close();
  }
});

test("tells types, parameters and the columns that are meant", async () => {
  const { columns, parameters } = await described.describe(
    `select u.id, u.born as day, count(*) as n, coalesce(u.age, 0) as age, u.name || 'x' as named, v.title
    from users u left join vv v on v.id = u.id where u.id = :id and u.born > :born and u.role = 'a' and :free is null
    group by u.id, v.title`,
  );
  expect(parameters.map(({ name, type }) => [name, type?.kind])).toEqual([
    ["id", "bigint"],
    ["born", "date"],
    ["free", undefined],
  ]);
  expect(
    columns.map(({ name, type, origin }) => [name, type?.kind, origin?.table, origin?.column]),
  ).toEqual([
    ["id", "bigint", "users", "id"],
    ["day", "date", "users", "born"],
    ["n", "bigint", undefined, undefined],
    ["age", "bigint", undefined, undefined],
    ["named", "text", undefined, undefined],
    ["title", "text", "posts", "title"],
  ]);
  const inserted = await described.describe(
    "insert into posts (uid, title, at) values ($1, $2, $3)",
  );
  expect(inserted.parameters.map(({ name, type }) => [name, type?.kind])).toEqual([
    ["1", "bigint"],
    ["2", "text"],
    ["3", "bigint"],
  ]);
});

test.each([
  ["select id from users limit ? offset ?", "bigint bigint"],
  ["select id from users where name like ? or upper(?) = nick", "text text"],
  ["select coalesce(born, ?), ifnull(age, ?), coalesce(?, 1) from users", "date bigint -"],
  ["select age + ?, rating * ?, name || ? from users", "bigint double text"],
  [
    "select id from users where nick in (?, 'a', ?) and id in (?, ?) and age not in (?)",
    "text text bigint bigint bigint",
  ],
  ["select id from users where born between ? and ? and ? <= score", "date date double"],
  ["update users set born = ?, age = age + ? where role = ?", "date bigint text"],
  ["select ? as a, typeof(?), abs(?), ? is null, case ? when 1 then 2 end", "- - - - -"],
  ["insert into notes (id, text) select ?, ? from users where id = ?", "bigint text bigint"],
])("tells the parameters of %s", async (text, kinds) => {
  const { parameters } = await described.describe(text);
  expect(parameters.map(({ type }) => type?.kind ?? "-").join(" ")).toBe(kinds);
});

test.each([
  [
    "select count(*), sum(age), avg(age), total(age), max(born), min(name), max(role) from users",
    "bigint bigint double double date text text",
  ],
  [
    "select coalesce(born, null), case when age > 1 then born end, iif(age > 1, nick, name), nullif(born, 'a') from users",
    "date date text date",
  ],
  [
    "select upper(name), length(name), substr(name, 1), name || age, instr(name, 'a'), hex(name), trim(name) from users",
    "text bigint - text bigint text text",
  ],
  [
    "select date('now'), date(born), current_date, time('now'), datetime('now'), strftime('%Y', born), unixepoch() from users",
    "date date date time text text bigint",
  ],
  [
    "select meta -> 'a', json(meta), json_object('a', 1), json_group_array(id), json_type(meta) from users group by id",
    "json json json json text",
  ],
  [
    "select row_number() over (order by id), lag(born) over (order by id), sum(rating) over (order by id), max(born) over () from users",
    "bigint date double date",
  ],
  [
    "select age > 1, age is null, exists (select 1), id in (1, 2), 1.5, 'a', x'00', null from users",
    "bigint bigint bigint bigint double text bytes -",
  ],
  ["select x.last from (select max(born) as last from users) x", "date"],
])("tells the types of %s", async (text, kinds) => {
  const { columns } = await described.describe(text);
  expect(columns.map(({ type }) => type?.kind ?? "-").join(" ")).toBe(kinds);
});

test("tells of decimals only what keeps their scale", async () => {
  const db = await Described.open(
    "sqlite::memory:",
    "create table bills (id integer primary key, sum integer not null)",
  );
  const decimal = { kind: "decimal", precision: 10, scale: 2 } as const;
  const describe = await db.describeWith({ "bills.sum": decimal });
  const { columns, parameters } = await describe(
    "select sum(sum), max(sum), avg(sum), sum * 2, sum - :less, coalesce(max(sum), min(sum)), cast(sum as text), count(sum) from bills group by id",
  );
  expect(columns.map(({ type }) => type?.kind)).toEqual([
    "decimal",
    "decimal",
    undefined,
    undefined,
    undefined,
    "decimal",
    undefined,
    "bigint",
  ]);
  expect(parameters[0]?.type).toEqual(decimal);
  await db.close();
});

test("refuses what SQLite refuses, and what it would leave out", async () => {
  const codeOf = (text: string): Promise<unknown> =>
    described.describe(text).then(
      () => "described",
      (error: unknown) => Reflect.get(Object(error), "code") as unknown,
    );
  expect(await codeOf("select * from userz")).toBe("E_MISSING_TABLE");
  expect(await codeOf("select agee from users")).toBe("E_MISSING_COLUMN");
  expect(await codeOf("selec 1")).toBe("E_SYNTAX");
  expect(await codeOf("select 1; drop table users")).toBe("E_SYNTAX");
  expect(await codeOf("")).toBe("E_SYNTAX");
  expect(await codeOf("drop table users")).toBe("described");
});

const SAMPLES: readonly (readonly [sql: string, kind: number])[] = [
  ["0", kinds.INTEGER],
  ["-9223372036854775807", kinds.INTEGER],
  ["-1.5", kinds.REAL],
  ["9e999", kinds.INFINITE],
  ["''", kinds.TEXT],
  ["'a'", kinds.TEXT],
  ["'[1]'", kinds.TEXT],
  ["x''", kinds.BLOB],
  ["x'00ff'", kinds.BLOB],
];

test("of calls that are said never to give NULL none does", async () => {
  const functions = await described.session.askRaw(
    "select distinct name, narg from pragma_function_list where type = 's' and narg <= 3",
  );
  const lists: (readonly (readonly [string, number])[])[][] = [[[]]];
  for (let count = 1; count <= 3; count++)
    lists.push(lists.at(-1)!.flatMap((list) => SAMPLES.map((sample) => [...list, sample])));
  const found: string[] = [];
  let calls = 0;
  for (const { name, narg } of functions) {
    const isExact = Number(narg) >= 0;
    for (const list of isExact ? lists[Number(narg)]! : lists.flat()) {
      const values = list.map(([text, kind]) => ({
        kinds: kind,
        constant: kind === kinds.TEXT ? text.slice(1, -1) : undefined,
      }));
      if ((kindsOfCall(String(name), values, isExact) & kinds.NULL) !== 0) continue;
      const call = `${String(name)}(${list.map(([text]) => text).join(", ")})`;
      try {
        const [row] = await described.session.askRaw(`select ${call} is null as is_null`);
        calls++;
        if (row?.["is_null"] === 1) found.push(call);
      } catch {
        // Refused, which is no NULL.
      }
    }
  }
  expect(found).toEqual([]);
  expect(calls).toBeGreaterThan(500);
});

test("of times from now on those that are said not to be NULL aren't", async () => {
  const shifts = [
    ..."years months days hours minutes seconds"
      .split(" ")
      .flatMap((unit, at) =>
        ["+", "-", ""].map((sign) => `${sign}${"9".repeat([3, 4, 5, 6, 8, 9][at]!)} ${unit}`),
      ),
    ..."1 day;start of year;start of month;start of day;weekday 0;weekday 6;utc;localtime;subsec".split(
      ";",
    ),
  ];
  const texts = [
    "%Y-%m-%d",
    "%d %e %f %F %H %I %j %J %m %M %R %s %S %T %u %U %V %w %W %%",
    "%Q",
    "",
    "x",
    "%",
  ];
  const calls = ["date", "datetime", "time", "julianday", "unixepoch"].map(
    (name) => [name, [] as string[]] as const,
  );
  const formats = texts.map((text) => ["strftime", [text]] as const);
  let known = 0;
  for (const [name, first] of [...calls, ...formats]) {
    for (const shift of [undefined, "", ...shifts]) {
      const given =
        shift === undefined
          ? first
          : [...first, "now", shift, shift, shift].filter((text) => text !== "");
      const whole = first.includes("") ? ["", ...given] : given;
      const values = whole.map((text) => ({ kinds: kinds.TEXT, constant: text }));
      if ((kindsOfCall(name, values, false) & kinds.NULL) !== 0) continue;
      known++;
      for (let count = first.length; count <= whole.length; count++) {
        const call = `${name}(${whole
          .slice(0, count)
          .map((text) => `'${text}'`)
          .join(", ")})`;
        const [row] = await described.session.askRaw(`select ${call} is null as is_null`);
        expect(row?.["is_null"], call).toBe(0);
      }
    }
  }
  expect(known).toBeGreaterThan(150);
});

test("calls that are said to give NULL for NULL do", async () => {
  const functions = await described.session.askRaw(
    "select distinct name, narg from pragma_function_list where type = 's' and narg between 1 and 3",
  );
  const found: string[] = [];
  for (const { name, narg } of functions.filter((row) => isStrict(String(row["name"])))) {
    for (let place = 0; place < Number(narg); place++) {
      const list = Array.from({ length: Number(narg) }, (_, at) => (at === place ? "null" : "1"));
      const call = `${String(name)}(${list.join(", ")})`;
      // What is refused has no value at all.
      const rows = await described.session
        .askRaw(`select ${call} is null as is_null`)
        .catch(() => []);
      if (rows.some((row) => row["is_null"] !== 1)) found.push(call);
    }
  }
  expect(found).toEqual([]);
});
