import {
  asc,
  avg,
  bigint,
  boolean,
  createTables,
  decimal,
  defineSchema,
  desc,
  double,
  eq,
  ilike,
  inArray,
  index,
  integer,
  json,
  like,
  lower,
  max,
  min,
  ne,
  notIlike,
  notInArray,
  smallint,
  sql,
  sum,
  table,
  text,
  timestamp,
  upper,
  uuid,
  varchar,
  type Database,
} from "plinth";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connected, postgresServers, type Connected } from "./connected.ts";

const values = table(
  "values",
  {
    id: integer().primaryKey().autoIncrement(),
    small: smallint(),
    big: bigint(),
    bigNumber: bigint({ mode: "number" }),
    real: double(),
    price: decimal({ precision: 10, scale: 2 }),
    huge: decimal({ precision: 65, scale: 30 }),
    flag: boolean(),
    name: text(),
    code: varchar({ length: 5 }),
    uid: uuid().notNull().defaultRandom(),
    at: timestamp(),
    exactAt: timestamp({ mode: "string" }),
    data: json(),
    madeAt: timestamp({ precision: 0 }).notNull().defaultNow(),
    movedAt: timestamp().notNull().defaultNow(),
    tenthAt: timestamp({ precision: 1 }).notNull().defaultNow(),
    status: text().notNull().default("it's \\new"),
    score: integer().notNull().default(-5),
    isOpen: boolean().notNull().default(true),
  },
  (t) => [index().on(t.name)],
);
const schema = defineSchema({ values });

const hostile = [
  "",
  "NULL",
  "null",
  "{}",
  '"',
  "\\",
  '\\"',
  "a,b",
  "{a,b}",
  " leading",
  "trailing ",
  "'; drop table values; --",
  "$1",
  "new\nline\ttab\r",
  "é💜漢字",
  "%_\\",
];

describe.each(postgresServers())("values on $name", (server) => {
  let own: Connected;
  let db: Database;

  beforeAll(async () => {
    own = await connected(server);
    db = own.db;
    await createTables(db, schema);
  });
  beforeEach(async () => {
    await db.delete(values).all();
  });
  afterAll(async () => {
    await own[Symbol.asyncDispose]();
  });

  async function names(query: PromiseLike<{ name: string | null }[]>): Promise<(string | null)[]> {
    return (await query).map((row) => row.name);
  }

  test("the largest and smallest values come back as they went", async () => {
    const rows = [
      {
        small: -32_768,
        big: -(2n ** 63n),
        bigNumber: Number.MIN_SAFE_INTEGER,
        real: 5e-324,
        price: "-99999999.99",
        huge: `-${"9".repeat(35)}.${"9".repeat(30)}`,
      },
      {
        small: 32_767,
        big: 2n ** 63n - 1n,
        bigNumber: Number.MAX_SAFE_INTEGER,
        real: 1.797_693_134_862_315_7e308,
        price: "0.10",
        huge: `0.${"0".repeat(29)}1`,
        flag: false,
        data: { list: [1, "two", null], nested: { é: true } },
      },
    ];
    const stored = await db.insert(values).values(rows).returning();
    expect(stored).toMatchObject(rows);
    expect(await db.from(values).orderBy(values.id)).toEqual(stored);
  });

  test("a text of megabytes comes back", async () => {
    const status = "é💜\\'\"".repeat(1_000_000);
    const [row] = await db.insert(values).values({ status }).returning({ status: values.status });
    expect(row?.status === status).toBe(true);
  });

  test("defaults that the database keeps are those of the declaration", async () => {
    const [row] = await db.insert(values).values({}).returning();
    expect(row).toMatchObject({ status: "it's \\new", score: -5, isOpen: true, name: null });
    expect(row?.uid).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("a default of now is cut to its precision, never from the future", async () => {
    const from = Date.now();
    for (let turn = 0; turn < 20; turn++) {
      const [row] = await db
        .insert(values)
        .values({})
        .returning({ a: values.madeAt, b: values.movedAt, c: values.tenthAt });
      for (const [at, stepMs] of [
        [row!.a, 1000],
        [row!.b, 1],
        [row!.c, 100],
      ] as const) {
        expect(at.getTime()).toBeLessThanOrEqual(Date.now());
        expect(at.getTime()).toBeGreaterThan(from - 1001);
        expect(at.getTime() % stepMs).toBe(0);
      }
    }
  });

  test("instants of all years come back, whatever the session's time zone was", async () => {
    const instants = [
      "0001-01-01T00:00:00.000Z",
      "0099-12-31T23:59:59.999Z",
      "1582-10-10T12:00:00.001Z",
      "1969-12-31T23:59:59.999Z",
      "1970-01-01T00:00:00.000Z",
      "2024-02-29T12:34:56.789Z",
      "9999-12-31T23:59:59.999Z",
    ].map((iso) => new Date(iso));
    await db.insert(values).values(instants.map((at) => ({ at })));
    const found = await db.select({ at: values.at }).from(values).orderBy(values.id);
    expect(found.map((row) => row.at)).toEqual(instants);
    expect(await db.from(values).where(inArray(values.at, instants)).count()).toBe(instants.length);
  });

  test("microseconds are kept as text, and cut in a Date", async () => {
    const exactAt = "1969-12-31T23:59:59.999999Z";
    const [row] = await db.insert(values).values({ exactAt }).returning();
    expect(row?.exactAt).toBe(exactAt);
    const { rows } = await db.execute(sql`select ${values.exactAt} as at from ${values}`);
    expect(rows).toEqual([{ at: new Date("1969-12-31T23:59:59.999Z") }]);
  });

  test("an instant that no Date can hold is refused when it is read", async () => {
    for (const instant of ["infinity", "-infinity", "0044-03-15 BC", "12026-01-01"]) {
      await db.execute(sql`delete from ${values}`);
      await db.execute(sql`insert into ${values} (at) values (${instant})`);
      await expect(db.from(values)).rejects.toMatchObject({ code: "E_OUT_OF_RANGE" });
    }
  });

  test("hostile texts are found in lists, alone and in patterns", async () => {
    await db.insert(values).values(hostile.map((name) => ({ name })));
    const all = await names(
      db.from(values).where(inArray(values.name, hostile)).orderBy(values.id),
    );
    expect(all).toEqual(hostile);
    for (const name of hostile) {
      expect(await names(db.from(values).where(inArray(values.name, [name])))).toEqual([name]);
      expect(await names(db.from(values).where(eq(values.name, name)))).toEqual([name]);
      const { rows } = await db.execute(sql`select ${name} as name`);
      expect(rows).toEqual([{ name }]);
    }
    expect(await db.from(values).where(notInArray(values.name, hostile)).count()).toBe(0);
  });

  test("a list may have a hundred thousand values", async () => {
    await db.insert(values).values([{ score: 1 }, { score: 99_999 }, { score: 100_001 }]);
    const list = Array.from({ length: 100_000 }, (_, index) => index);
    expect(await db.from(values).where(inArray(values.score, list)).count()).toBe(2);
    expect(await db.from(values).where(notInArray(values.score, list)).count()).toBe(1);
    expect(await db.from(values).where(inArray(values.score, [])).count()).toBe(0);
    expect(await db.from(values).where(notInArray(values.score, [])).count()).toBe(3);
  });

  test("lists of every type", async () => {
    const row = {
      small: 3,
      big: 2n ** 60n,
      real: 0.1,
      price: "1.50",
      flag: true,
      code: "ab",
      uid: "0191d3a0-0000-7000-8000-000000000001",
      at: new Date(5),
      exactAt: "2026-01-01T00:00:00.000001Z",
    };
    await db.insert(values).values(row);
    for (const [column, value] of Object.entries(row)) {
      // The types of the columns differ, and so do the values.
      const target = values[column as "code"];
      const other = value as string;
      expect([
        column,
        await db
          .from(values)
          .where(inArray(target, [other]))
          .count(),
      ]).toEqual([column, 1]);
      expect([column, await db.from(values).where(ne(target, other)).count()]).toEqual([column, 0]);
    }
    expect(
      await db
        .from(values)
        .where(inArray(sql<number>`length(${values.code})`, [1, 2]))
        .count(),
    ).toBe(1);
  });

  test("text orders by code point, and NULLs are smallest", async () => {
    await db.insert(values).values(["b", null, "B", "é", "a", "Z", "É"].map((name) => ({ name })));
    const ascending = [null, "B", "Z", "a", "b", "É", "é"];
    expect(await names(db.from(values).orderBy(values.name))).toEqual(ascending);
    expect(await names(db.from(values).orderBy(desc(values.name)))).toEqual(ascending.toReversed());
    const folded = await db
      .select({ name: lower(values.name) })
      .from(values)
      .orderBy(asc(lower(values.name)), values.id);
    expect(folded.map((row) => row.name)).toEqual([null, "a", "b", "b", "z", "é", "é"]);
  });

  test("the index of a nullable column gives its order", async () => {
    const { text: query, values: bound } = db
      .from(values)
      .orderBy(desc(values.name))
      .limit(3)
      .toSql();
    const inlined = query.replace("$1", String(bound[0]));
    const plan = await own
      .aside(`set enable_seqscan = off; set enable_sort = off`)
      .then(() => own.aside(`explain ${inlined}`));
    const lines = plan.map((line) => line["QUERY PLAN"]).join("\n");
    await db.insert(values).values(Array.from({ length: 3_000 }, (_, id) => ({ name: `n${id}` })));
    await own.aside("analyze");
    const later = (await own.aside(`explain ${inlined}`)).map((line) => line["QUERY PLAN"]);
    expect(`${lines}\n${later.join("\n")}`).toContain("Index Scan Backward using values_name_idx");
  });

  test("patterns fold the letters of all languages, or none", async () => {
    await db
      .insert(values)
      .values(["É", "é", "ß", "ΣΊΣΥΦΟΣ", "a\\", "K"].map((name) => ({ name })));
    const matching = (condition: Parameters<ReturnType<typeof db.from>["where"]>[0]) =>
      names(db.from(values).where(condition).orderBy(values.id));
    expect(await matching(ilike(values.name, "é"))).toEqual(["É", "é"]);
    expect(await matching(like(values.name, "é"))).toEqual(["é"]);
    expect(await matching(ilike(values.name, "σίσ%"))).toEqual(["ΣΊΣΥΦΟΣ"]);
    expect(await matching(ilike(values.name, "k"))).toEqual(["K"]);
    expect(await matching(like(values.name, "a\\"))).toEqual(["a\\"]);
    expect(await matching(notIlike(values.name, "É"))).toEqual(["ß", "ΣΊΣΥΦΟΣ", "a\\", "K"]);
    expect(await matching(eq(lower(values.name), "é"))).toEqual(["É", "é"]);
    const upperCase = await db
      .select({ name: upper(values.name) })
      .from(values)
      .orderBy(values.id);
    expect(upperCase.map((row) => row.name)).toEqual(["É", "É", "SS", "ΣΊΣΥΦΟΣ", "A\\", "K"]);
  });

  test("aggregates are read as what they are", async () => {
    const uids = ["0191d3a0-0000-7000-8000-000000000001", "f191d3a0-0000-7000-8000-000000000001"];
    await db.insert(values).values([
      { small: 1, big: 2n ** 61n, price: "1.10", real: 0.5, flag: true, uid: uids[0]! },
      { small: 2, big: 2n ** 61n, price: "2.25", real: 0.25, flag: false, uid: uids[1]! },
    ]);
    const row = await db
      .select({
        small: sum(values.small),
        big: sum(values.big),
        price: sum(values.price),
        real: sum(values.real),
        averageSmall: avg(values.small),
        averagePrice: avg(values.price),
        firstUid: min(values.uid),
        lastUid: max(values.uid),
        allFlags: min(values.flag),
        anyFlag: max(values.flag),
      })
      .from(values)
      .one();
    expect(row).toEqual({
      small: 3,
      big: 2n ** 62n,
      price: "3.35",
      real: 0.75,
      averageSmall: 1.5,
      averagePrice: 1.675,
      firstUid: uids[0],
      lastUid: uids[1],
      allFlags: false,
      anyFlag: true,
    });
    await db.insert(values).values([{ big: 2n ** 62n }, { big: 2n ** 62n }]);
    const tooLarge = db.select({ big: sum(values.big) }).from(values);
    await expect(tooLarge).rejects.toMatchObject({ code: "E_OUT_OF_RANGE" });
  });

  test("a fragment without a type is read by the server's", async () => {
    await db.insert(values).values({ small: 7, name: "x", at: new Date(1_000), data: { a: 1 } });
    const row = await db
      .select({
        count: sql<number>`count(*) over ()`,
        small: values.small,
        half: sql<number>`${values.small} / 2.0::float8`,
        exact: sql<string>`${values.small} / 2.0`,
        yes: sql<boolean>`${values.small} > 5`,
        at: sql<Date>`${values.at} + interval '1 second'`,
        data: sql`${values.data} -> 'a'`,
        missing: sql`null`,
        nested: { name: sql<string>`${values.name} || '!'` },
      })
      .from(values)
      .one();
    expect(row).toMatchObject({
      count: 1,
      small: 7,
      half: 3.5,
      yes: true,
      at: new Date(2_000),
      data: 1,
      missing: null,
      nested: { name: "x!" },
    });
    expect(Number(row.exact)).toBe(3.5);
    expect(typeof row.exact).toBe("string");
  });

  test("the rows of a statement in SQL are read by the server's types", async () => {
    const { rows } = await db.execute(sql`select
      1::int2 as int2, 2::int4 as int4, 3::int8 as int8, 0.1::float4 as float4, 0.1::float8 as float8,
      1.50::numeric as "numeric", true as yes, '\\x01ff'::bytea as bytes,
      '2026-01-02 03:04:05.678901+00'::timestamptz as at, '2026-01-02 03:04:05'::timestamp as local,
      '2026-01-02'::date as date, '03:04:05'::time as time, '{"a": [1]}'::jsonb as jsonb, '[2]'::json as json,
      '0191D3A0-0000-7000-8000-000000000001'::uuid as uuid, '{1,2}'::int[] as list, null as nothing, 5::oid as oid`);
    expect(rows).toEqual([
      {
        int2: 1,
        int4: 2,
        int8: 3,
        float4: 0.1,
        float8: 0.1,
        numeric: "1.50",
        yes: true,
        bytes: Uint8Array.of(1, 255),
        at: new Date("2026-01-02T03:04:05.678Z"),
        local: new Date("2026-01-02T03:04:05.000Z"),
        date: "2026-01-02",
        time: "03:04:05",
        jsonb: { a: [1] },
        json: [2],
        uuid: "0191d3a0-0000-7000-8000-000000000001",
        list: "{1,2}",
        nothing: null,
        oid: 5,
      },
    ]);
  });

  test("an integer beyond 2^53 is refused unless it is read as a bigint", async () => {
    await expect(db.execute(sql`select 9007199254740993 as n`)).rejects.toMatchObject({
      code: "E_OUT_OF_RANGE",
      hint: expect.stringContaining("bigint()"),
    });
    await db.insert(values).values({ big: 2n ** 53n + 1n });
    const untyped = db.select({ n: sql`${values.big}` }).from(values);
    await expect(untyped).rejects.toMatchObject({ code: "E_OUT_OF_RANGE" });
    const typed = await db.select({ n: sql`${values.big}`.as(bigint()) }).from(values);
    expect(typed).toEqual([{ n: 2n ** 53n + 1n }]);
  });

  test("values in fragments are what they are in JavaScript", async () => {
    const now = new Date(1_700_000_000_123);
    const bytes = Uint8Array.of(0, 1, 255);
    const { rows } = await db.execute(sql`select
      ${5} as five, ${2 ** 40} as large, ${0.1} as tenth, ${1} + ${2} as three, ${7n} as seven,
      ${true} as yes, ${now} as now, ${bytes} as bytes, ${"text"} as text, ${null} as nothing,
      coalesce(${null}, ${4}) as four, case when true then ${1} else ${0} end as one,
      jsonb_build_object('a', ${1}, 'b', ${false}) as built, ${2} * interval '1 day' = interval '2 days' as days`);
    expect(rows).toEqual([
      {
        five: 5,
        large: 2 ** 40,
        tenth: 0.1,
        three: 3,
        seven: 7,
        yes: true,
        now,
        bytes,
        text: "text",
        nothing: null,
        four: 4,
        one: 1,
        built: { a: 1, b: false },
        days: true,
      },
    ]);
  });

  test("a number in a fragment computes with every numeric column", async () => {
    await db.insert(values).values({ small: 10, big: 10n, real: 10, price: "10.00", name: "5" });
    const row = await db
      .select({
        score: sql<number>`${values.score} * ${1.5}`,
        small: sql<number>`${values.small} - ${3}`,
        big: sql<number>`${values.big} - ${3}`,
        real: sql<number>`${values.real} / ${4}`,
      })
      .from(values)
      .where(sql`${values.price} > ${9.99} and ${values.small} < ${10.5}`)
      .one();
    expect(row).toEqual({ score: -7.5, small: 7, big: 7, real: 2.5 });
    await db
      .update(values)
      .set({ price: sql`${values.price} - ${0.1}`, small: sql`${values.small} - ${4}` })
      .all();
    expect(await db.from(values).one()).toMatchObject({ price: "9.90", small: 6 });
    // The same fragment with another kind of number is another statement to the server.
    for (const [amount, price] of [
      [1, "8.90"],
      [0.5, "8.40"],
      [1, "7.40"],
      ["0.4", "7.00"],
      [2, "5.00"],
      [1.25, "3.75"],
    ] as const) {
      await db
        .update(values)
        .set({ price: sql`${values.price} - ${amount}` })
        .all();
      expect((await db.from(values).one()).price).toBe(price);
    }
    await expect(db.from(values).where(sql`${values.name} = ${5}`)).rejects.toMatchObject({
      code: "E_QUERY",
      hint: expect.stringContaining("::text"),
    });
    expect(
      await db
        .from(values)
        .where(sql`${values.name} = ${5}::text`)
        .count(),
    ).toBe(1);
  });

  test("a name may hold quotes, spaces and letters of any language", async () => {
    const odd = table('o"dd; drop', { id: integer('i"d $1').primaryKey(), näme: text() });
    await createTables(db, defineSchema({ odd }));
    await db.insert(odd).values({ id: 1, näme: "x" });
    expect(await db.select({ 'k"ey': odd.näme }).from(odd)).toEqual([{ 'k"ey': "x" }]);
    await expect(db.insert(odd).values({ id: 1 })).rejects.toMatchObject({
      code: "E_UNIQUE_VIOLATION",
      table: 'o"dd; drop',
      columns: ['i"d $1'],
    });
  });
});
