import {
  alias,
  bigint,
  connect,
  createTables,
  defineSchema,
  eq,
  ilike,
  inArray,
  integer,
  decimal,
  json,
  like,
  notInArray,
  sql,
  table,
  text,
  timestamp,
  unique,
  uuid,
  varchar,
} from "plinth";
import { describe, expect, test } from "vitest";
import { connected, disguised, mariadbServers } from "./connected.ts";

const people = table(
  "people",
  {
    id: integer().primaryKey().autoIncrement(),
    email: varchar({ length: 50 }).unique(),
    team: varchar({ length: 20 }),
    seat: integer(),
    note: text(),
  },
  (t) => [unique().on(t.team, t.seat)],
);

const ways = [
  ["MariaDB", undefined],
  ["MySQL in disguise", disguised("8.4.3")],
] as const;

for (const server of mariadbServers) {
  for (const [way, driver] of ways) {
    describe(`an insert of rows that exist, on ${way}`, () => {
      test("updates only by the key that is named, and otherwise changes nothing", async () => {
        await using own = await connected(server, "", { driver });
        await createTables(own.db, defineSchema({ people }));
        const ada = { id: 1, email: "ada", team: "x", seat: 1, note: "first" };
        await own.db.insert(people).values(ada);
        const clashes = [
          () => own.db.insert(people).values({ id: 1, email: "b" }).onConflict(people.email),
          () => own.db.insert(people).values({ id: 2, email: "ada" }).onConflict(people.id),
          () => own.db.insert(people).values({ email: "ada" }).onConflict(people.team, people.seat),
          () => own.db.insert(people).values({ team: "x", seat: 1 }).onConflict(people.email),
          () =>
            own.db
              .insert(people)
              .values([{ email: "new" }, { id: 1, email: "c" }])
              .onConflict(people.email),
        ];
        for (const clash of clashes) {
          await expect(clash().update(["note"])).rejects.toMatchObject({
            code: "E_UNIQUE_VIOLATION",
            table: "people",
          });
          await expect(clash().ignore()).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION" });
        }

        expect(await own.db.from(people)).toEqual([ada]);
      });

      test("counts the rows that it wrote", async () => {
        await using own = await connected(server, "", { driver });
        await createTables(own.db, defineSchema({ people }));
        await own.db.insert(people).values([{ email: "a", note: "1" }, { email: "b" }]);
        const rows = [
          { email: "a", note: "2" },
          { email: "b", note: null },
          { email: "c", note: "3" },
        ];
        const insert = () => own.db.insert(people).values(rows).onConflict(people.email);

        expect(await insert().ignore()).toEqual({ affectedRows: 1 });
        expect(await insert().ignore()).toEqual({ affectedRows: 0 });
        expect(await insert().update(["note"])).toEqual({ affectedRows: 3 });
        expect(await insert().update(["note"])).toEqual({ affectedRows: 3 });
        expect(await own.db.update(people).set({ note: "2" }).all()).toEqual({ affectedRows: 3 });
        expect(await own.db.update(people).set({ note: "2" }).all()).toEqual({ affectedRows: 3 });
      });

      test("counts rightly when many such inserts share a connection", async () => {
        await using own = await connected(server, "shared_connections=1", { driver });
        await createTables(own.db, defineSchema({ people }));
        const counts = await Promise.all(
          Array.from({ length: 60 }, (_, index) =>
            own.db
              .insert(people)
              .values([{ email: `e${index % 20}` }, { email: `e${(index + 1) % 20}` }])
              .onConflict(people.email)
              .ignore(),
          ),
        );

        const total = counts.reduce((sum, { affectedRows }) => sum + affectedRows, 0);
        expect(total).toBe(20);
        expect(await own.db.from(people).count()).toBe(20);
      });

      test("does not ignore other errors", async () => {
        await using own = await connected(server, "", { driver });
        await createTables(own.db, defineSchema({ people }));
        const long = own.db.execute(
          sql`insert into ${people} (email) values (${"e".repeat(51)}) on duplicate key update email = email`,
        );

        await expect(long).rejects.toMatchObject({ code: "E_VALUE_TOO_LONG" });
      });
    });

    describe(`a list of 100,000 values, on ${way}`, () => {
      const items = table("items", {
        id: integer().primaryKey(),
        big: bigint(),
        name: text().notNull(),
        price: decimal({ precision: 12, scale: 2 }),
        ref: uuid(),
        at: timestamp(),
      });
      const uuidOf = (id: number) => `0192f000-0000-7000-8000-${String(id).padStart(12, "0")}`;
      const rows = Array.from({ length: 2_000 }, (_, id) => ({
        id,
        big: BigInt(id),
        name: `é"\\'${id}`,
        price: `${id}.50`,
        ref: uuidOf(id),
        at: new Date(id * 1000),
      }));
      const even = Array.from({ length: 100_000 }, (_, index) => index * 2);

      test("is found in, or not, by every type, in reads and writes", async () => {
        await using own = await connected(server, "", { driver });
        await createTables(own.db, defineSchema({ items }));
        await own.db.insert(items).values(rows);
        await own.db.insert(items).values({ id: 5_000_000, name: "null" });
        const both = async (condition: (not: boolean) => Parameters<typeof eq>[0]) => [
          await own.db
            .from(items)
            .where(condition(false) as never)
            .count(),
          await own.db
            .from(items)
            .where(condition(true) as never)
            .count(),
        ];
        const list = (not: boolean) => (not ? notInArray : inArray);

        expect(await both((not) => list(not)(items.id, even))).toEqual([1000, 1001]);
        expect(await both((not) => list(not)(items.big, even.map(BigInt)))).toEqual([1000, 1000]);
        expect(
          await both((not) =>
            list(not)(
              items.name,
              even.map((id) => rows[id]?.name ?? "-"),
            ),
          ),
        ).toEqual([1000, 1001]);
        expect(
          await both((not) =>
            list(not)(
              items.price,
              even.map((id) => `${id}.5`),
            ),
          ),
        ).toEqual([1000, 1000]);
        expect(await both((not) => list(not)(items.ref, even.map(uuidOf)))).toEqual([1000, 1000]);
        expect(
          await both((not) =>
            list(not)(
              items.at,
              even.map((id) => new Date(id * 1000)),
            ),
          ),
        ).toEqual([1000, 1000]);

        const update = own.db.update(items).set({ price: "0.00" });
        expect(await update.where(inArray(items.id, even))).toEqual({ affectedRows: 1000 });
        const names = even.map((id) => rows[id]?.name ?? "-");
        const remove = own.db.delete(items).where(notInArray(items.name, names));
        expect(await remove).toEqual({ affectedRows: 1001 });
      });
    });
  }

  describe(`values on ${server.name}`, () => {
    const texts = table("texts", {
      id: integer().primaryKey(),
      body: varchar({ length: 40 }).notNull().unique(),
    });

    test("of text are equal only to themselves, whatever the server's own character set is", async () => {
      await using own = await connected(server);
      await createTables(own.db, defineSchema({ texts }));
      const bodies = [
        "a",
        "a ",
        "A",
        "e",
        "é",
        "É",
        "e\u0301",
        "😀",
        "😁",
        "ß",
        "ss",
        "\\",
        "'",
        "`",
      ];
      await own.db.insert(texts).values(bodies.map((body, id) => ({ id, body })));

      for (const body of bodies) {
        expect(await own.db.from(texts).where(eq(texts.body, body))).toHaveLength(1);
        expect(await own.db.from(texts).where(eq(sql`${texts.body}`, body))).toHaveLength(1);
      }
      const ordered = await own.db.from(texts).orderBy(texts.body);
      expect(ordered.map(({ body }) => body)).toEqual(bodies.toSorted());
      const folded = await own.db.from(texts).where(ilike(texts.body, "É"));
      expect(folded.map(({ body }) => body).toSorted()).toEqual(["É", "é"]);
      expect(await own.db.from(texts).where(like(texts.body, "\\\\"))).toHaveLength(1);
    });

    test("mean in SQL by hand what they mean elsewhere", async () => {
      await using own = await connected(server);
      const { rows } = await own.db.execute(
        sql`select 'a' || 'b' as "joined", 1 / 0 as "nothing", 'a' = 'a ' as "padded", @@time_zone as "zone"`,
      );

      expect(rows).toEqual([{ joined: "ab", nothing: null, padded: 0, zone: "+00:00" }]);
    });

    test("of an unknown type are read by the types that the server tells", async () => {
      await using own = await connected(server);
      await own.aside(
        "create table raw (i int, b bigint, d decimal(10, 2), w decimal(12), at datetime(6), day date, j json, x blob, u uuid, f double)",
      );
      await own.aside(
        `insert into raw values (1, 2, '3.50', 4, '1969-12-31 23:59:59.250000', '2024-02-29', '{"a": [1]}', x'00ff', '0192F000-0000-7000-8000-000000000001', 1.5)`,
      );
      const expected = {
        i: 1,
        b: 2,
        d: "3.50",
        w: "4",
        at: new Date(-750),
        day: "2024-02-29",
        j: { a: [1] },
        x: new Uint8Array([0, 255]),
        u: "0192f000-0000-7000-8000-000000000001",
        f: 1.5,
      };

      expect((await own.db.execute(sql`select * from raw`)).rows).toEqual([expected]);
      expect((await own.db.execute(sql`select * from raw where i = ${1}`)).rows).toEqual([
        expected,
      ]);
      const totals = sql<object>`select count(*) as n, sum(i) as s, avg(d) as a, max(b) as m from raw`;
      expect((await own.db.execute(totals)).rows).toEqual([{ n: 1, s: 1, a: "3.500000", m: 2 }]);
      const beyond = own.db.execute(sql`select ${2n ** 53n} as n`);
      await expect(beyond).rejects.toMatchObject({ code: "E_OUT_OF_RANGE" });
    });

    test("of a decimal compare exactly", async () => {
      const sums = table("sums", {
        id: integer().primaryKey(),
        amount: decimal({ precision: 30, scale: 10 }).notNull(),
      });
      await using own = await connected(server);
      await createTables(own.db, defineSchema({ sums }));
      const amount = "12345678901234567890.1234567891";
      await own.db.insert(sums).values({ id: 1, amount });

      const near = "12345678901234567890.1234567892";
      expect(await own.db.from(sums).where(eq(sums.amount, near))).toEqual([]);
      expect(await own.db.from(sums).where(eq(sums.amount, amount))).toEqual([{ id: 1, amount }]);
      expect(await own.db.from(sums).where(inArray(sums.amount, [near]))).toEqual([]);
    });

    test("of an instant keep their microseconds and their century", async () => {
      const events = table("events", {
        id: integer().primaryKey(),
        at: timestamp().notNull(),
        exact: timestamp({ mode: "string" }).notNull(),
      });
      await using own = await connected(server);
      await createTables(own.db, defineSchema({ events }));
      const rows = [
        { id: 1, at: new Date("1901-02-03T04:05:06.789Z"), exact: "1901-02-03T04:05:06.789012Z" },
        { id: 2, at: new Date("0001-01-01T00:00:00.000Z"), exact: "0001-01-01T00:00:00.000000Z" },
        { id: 3, at: new Date("9999-12-31T23:59:59.999Z"), exact: "9999-12-31T23:59:59.999999Z" },
      ];
      await own.db.insert(events).values(rows);

      expect(await own.db.from(events).orderBy(events.id)).toEqual(rows);
      for (const row of rows) {
        expect(await own.db.from(events).where(eq(events.at, row.at))).toEqual([row]);
        expect(await own.db.from(events).where(eq(events.exact, row.exact))).toEqual([row]);
      }
    });

    test("that the database makes up are what they say: random UUIDs of version 4, texts with backslashes", async () => {
      const made = table("made", {
        id: integer().primaryKey(),
        ref: uuid().notNull().defaultRandom(),
        short: varchar({ length: 20 }).notNull().default("a\\n'`\"b"),
        long: text().notNull().default("a\\n'b"),
        meta: json<{ path: string }>().notNull().default({ path: "c:\\x" }),
      });
      await using own = await connected(server);
      await createTables(own.db, defineSchema({ made }));
      const ids = Array.from({ length: 200 }, (_, id) => ({ id }));
      const rows = await own.db.insert(made).values(ids).returning();

      for (const row of rows) {
        expect(row.ref).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        expect(row).toMatchObject({ short: "a\\n'`\"b", long: "a\\n'b", meta: { path: "c:\\x" } });
      }
      expect(new Set(rows.map(({ ref }) => ref)).size).toBe(200);
      expect(new Set(rows.map(({ ref }) => ref[19])).size).toBe(4);
    });

    test("too large or of the wrong kind for SQL by hand are refused, not cut", async () => {
      await using own = await connected(server);
      await own.aside("create table small (i int, t varchar(3), at datetime)");
      const insert = (value: SqlValue) => own.db.execute(value);
      type SqlValue = Parameters<typeof own.db.execute>[0];

      await expect(insert(sql`insert into small (i) values (${2n ** 40n})`)).rejects.toMatchObject({
        code: "E_OUT_OF_RANGE",
      });
      await expect(insert(sql`insert into small (t) values (${"four"})`)).rejects.toMatchObject({
        code: "E_VALUE_TOO_LONG",
      });
      await expect(
        insert(sql`insert into small (at) values (${"0000-00-00"})`),
      ).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      await expect(insert(sql`insert into small (i) values (${"x"})`)).rejects.toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect((await own.db.execute(sql`select * from small`)).rows).toEqual([]);
    });

    test("in a key must be bounded where an index holds them, and may be long where a hash does", async () => {
      const { db, ...own } = await connected(server);
      try {
        const keyed = table("keyed", { id: text().primaryKey() });
        await expect(createTables(db, defineSchema({ keyed }))).rejects.toMatchObject({
          code: "E_UNSUPPORTED",
        });
        const long = table("long_texts", { id: integer().primaryKey(), body: text().unique() });
        await createTables(db, defineSchema({ long }));
        const body = "x".repeat(100_000);
        await db.insert(long).values({ id: 1, body });
        await expect(db.insert(long).values({ id: 2, body })).rejects.toMatchObject({
          code: "E_UNIQUE_VIOLATION",
          columns: ["body"],
        });
        expect(
          await db.insert(long).values({ id: 3, body }).onConflict(long.body).ignore(),
        ).toEqual({ affectedRows: 0 });
        await expect(connect(`${own.url}?ssl=maybe`)).rejects.toMatchObject({ code: "E_CONFIG" });
      } finally {
        await own[Symbol.asyncDispose]();
      }
    });
  });

  test("a write on MySQL reads a copy of its own table in subqueries, and joins the table itself", async () => {
    await using own = await connected(server, "", { driver: disguised("8.4.3") });
    const other = alias(people, "other");
    const known = own.db.select({ id: people.id }).from(people).where(eq(people.team, "x"));
    const removal = own.db.delete(people).where(inArray(people.id, known));
    expect(removal.toSql().text).toBe(
      "delete from `people` where `id` in (select `people`.`id` from (select * from `people` " +
        "limit 18446744073709551615) as `people` where `people`.`team` = ?)",
    );
    const update = own.db
      .update(people)
      .set({ note: other.note })
      .innerJoin(other, eq(other.id, people.seat))
      .where(inArray(people.id, known));
    expect(update.toSql().text).toBe(
      "update `people` inner join `people` as `other` on `other`.`id` = `people`.`seat` set " +
        "`people`.`note` = `other`.`note` where `people`.`id` in (select `people`.`id` from (select * " +
        "from `people` limit 18446744073709551615) as `people` where `people`.`team` = ?)",
    );
    await createTables(own.db, defineSchema({ people }));
    await own.db.insert(people).values([
      { id: 1, team: "x", seat: 2 },
      { id: 2, team: "y", note: "two" },
    ]);
    expect(await update.returning({ note: people.note })).toEqual([{ note: "two" }]);
    expect(await removal).toEqual({ affectedRows: 1 });
  });

  test("a delete that no row can meet gives no rows back", async () => {
    await using own = await connected(server);
    await createTables(own.db, defineSchema({ people }));
    await own.db.insert(people).values({ id: 1 });
    const none = own.db.delete(people).where(sql<boolean>`id = null`);
    expect(await none.returning({ id: people.id })).toEqual([]);
  });
}
