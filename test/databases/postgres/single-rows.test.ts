// Single rows that belong to those of many: how they are asked for, and what becomes of changes in between.
import {
  bigint,
  connect,
  createTables,
  defineSchema,
  index,
  integer,
  softDelete,
  sql,
  table,
  text,
  uuid,
  varchar,
} from "plinth";
import { describe, expect, test } from "vitest";
import { connected, postgresServers } from "./connected.ts";

const baskets = table("baskets", { id: integer().primaryKey() });
const goods = table("goods", { id: integer().primaryKey(), name: text().notNull() });
const sellers = table("sellers", { id: integer().primaryKey(), ...softDelete() });
const lines = table(
  "lines",
  {
    id: integer().primaryKey(),
    basketId: integer("basket_id").notNull(),
    goodId: integer("good_id").references(() => goods.id),
    sellerId: integer("seller_id").references(() => sellers.id),
  },
  (t) => [index().on(t.basketId)],
);
/** As the lines, without an index. */
const gifts = table("gifts", {
  id: integer().primaryKey(),
  basketId: integer("basket_id").notNull(),
  goodId: integer("good_id").references(() => goods.id),
});
const schema = defineSchema({ baskets, goods, sellers, lines, gifts }, (r) => ({
  baskets: {
    lines: r.many(lines, { from: baskets.id, to: lines.basketId }),
    gifts: r.many(gifts, { from: baskets.id, to: gifts.basketId }),
  },
  lines: {
    good: r.one(goods, { on: lines.goodId }),
    seller: r.one(sellers, { on: lines.sellerId }),
  },
  gifts: { good: r.one(goods, { on: gifts.goodId }) },
}));

const ddl = `
  create table baskets (id integer primary key);
  create table goods (id integer primary key, name text not null);
  create table sellers (id integer primary key, deleted_at timestamptz);
  create table lines (id integer primary key, basket_id integer not null, good_id integer, seller_id integer);
  create table gifts (id integer primary key, basket_id integer not null, good_id integer);
  create index on lines (basket_id);
  insert into baskets select generate_series(1, 3);
  insert into goods values (1, 'tea'), (2, 'salt');
  insert into sellers values (1, null), (2, now());
  insert into lines values (1, 1, 1, 1), (2, 1, 2, 2), (3, 2, 1, null), (4, 2, null, 1);
  insert into gifts values (1, 1, 1), (2, 3, 2)`;

const ofMany = `"lines"."basket_id" = any($1::integer[])`;
const goodsAhead = `select "id", "name" from "goods" where "id" = any(array(select "lines"."good_id" from "lines" where ${ofMany}))`;

describe.each(postgresServers())("single rows of many rows on $name", (server) => {
  async function withBaskets() {
    const own = await connected(server);
    await own.aside(ddl);
    const seen: string[] = [];
    const db = await connect(own.url, { schema, log: ({ sql }) => seen.push(sql) });
    return {
      db,
      seen,
      aside: own.aside,
      async [Symbol.asyncDispose]() {
        await db.close();
        await own[Symbol.asyncDispose]();
      },
    };
  }

  const tea = { id: 1, name: "tea" };
  const salt = { id: 2, name: "salt" };
  const line = (id: number, basketId: number, goodId: number | null, sellerId: number | null) => ({
    id,
    basketId,
    goodId,
    sellerId,
  });

  test("are looked up by what finds those, but for deleted ones and where no index finds them", async () => {
    await using own = await withBaskets();
    const { db, seen } = own;
    const rows = await db
      .from(baskets)
      .orderBy(baskets.id)
      .with({
        lines: { orderBy: lines.id, with: { good: true, seller: true } },
        gifts: { with: { good: true } },
      });
    expect(rows).toEqual([
      {
        id: 1,
        lines: [
          { ...line(1, 1, 1, 1), good: tea, seller: { id: 1, deletedAt: null } },
          { ...line(2, 1, 2, 2), good: salt, seller: null },
        ],
        gifts: [{ id: 1, basketId: 1, goodId: 1, good: tea }],
      },
      {
        id: 2,
        lines: [
          { ...line(3, 2, 1, null), good: tea, seller: null },
          { ...line(4, 2, null, 1), good: null, seller: { id: 1, deletedAt: null } },
        ],
        gifts: [],
      },
      { id: 3, lines: [], gifts: [{ id: 2, basketId: 3, goodId: 2, good: salt }] },
    ]);
    expect(seen.filter((sql) => sql.includes(`from "goods"`))).toEqual([goodsAhead]);
    expect(seen.find((sql) => sql.includes(`from "gifts"`))).toContain("left join");
    expect(seen).toHaveLength(4);
    const { length } = seen;
    await db
      .from(baskets)
      .with({ lines: { with: { good: true } } })
      .find(1);
    expect(seen.slice(length).join()).toContain("left join");
  });

  test("are asked for once more where their keys have changed in between", async () => {
    await using own = await withBaskets();
    const { aside, db, seen } = own;
    // Each time it is read, a line is of another good.
    await aside(`alter table lines rename to kept;
      create sequence turn;
      create view lines as select id, basket_id, (1 + nextval('turn') % 2)::integer as good_id, seller_id from kept where id = 1`);
    for (let turn = 0; turn < 3; turn++) {
      const [first] = await db
        .from(baskets)
        .orderBy(baskets.id)
        .with({ lines: { with: { good: true } } });
      expect(first?.lines[0]?.good?.id).toBe(first?.lines[0]?.goodId);
    }
    expect(seen).toHaveLength(12);
  });

  test("and lists are planned once for all lengths", async () => {
    await using own = await withBaskets();
    const { rows } = await own.db.transaction(async (tx) => {
      for (let turn = 0; turn < 20; turn++)
        await tx.from(baskets).with({ lines: { with: { good: true } } });
      return tx.execute<{ custom: number; generic: number }>(sql`
        select custom_plans::integer as custom, generic_plans::integer as generic
        from pg_prepared_statements where statement like '%any(%'`);
    });
    expect(rows).toHaveLength(2);
    // The server makes five plans before it compares them.
    for (const { custom, generic } of rows) expect([custom, generic > 10]).toEqual([5, true]);
  });

  test("are looked up by keys of each type that an array takes, and joined by others", async () => {
    const towns = table("towns", {
      id: integer().primaryKey(),
      code: varchar({ length: 5 }).notNull().unique(),
      mark: uuid().notNull().unique(),
      big: bigint().notNull().unique(),
      word: text().notNull().caseInsensitive().unique(),
    });
    const roads = table(
      "roads",
      {
        id: integer().primaryKey(),
        basketId: integer().notNull(),
        code: text(),
        mark: uuid(),
        big: bigint(),
        word: text().caseInsensitive(),
      },
      (t) => [index().on(t.basketId)],
    );
    const map = defineSchema({ baskets, towns, roads }, (r) => ({
      baskets: { roads: r.many(roads, { from: baskets.id, to: roads.basketId }) },
      roads: {
        byCode: r.one(towns, { from: roads.code, to: towns.code }),
        byMark: r.one(towns, { from: roads.mark, to: towns.mark }),
        byBig: r.one(towns, { from: roads.big, to: towns.big }),
        byWord: r.one(towns, { from: roads.word, to: towns.word }),
      },
    }));
    await using own = await connected(server);
    const seen: string[] = [];
    await using db = await connect(own.url, {
      schema: map,
      log: ({ sql: said }) => seen.push(said),
    });
    await createTables(db, map);
    const keys = (place: number) => ({
      code: `c${place}`,
      mark: `00000000-0000-4000-8000-00000000000${place}`,
      big: 9_007_199_254_740_993n + BigInt(place),
      word: `Word ${place}`,
    });
    await db.insert(baskets).values([{ id: 1 }, { id: 2 }]);
    await db.insert(towns).values([1, 2].map((id) => ({ id, ...keys(id) })));
    await db
      .insert(roads)
      .values([
        ...[1, 2].map((id) => ({ id, basketId: id, ...keys(3 - id) })),
        { id: 3, basketId: 2, ...keys(3), word: "WORD 1" },
        { id: 4, basketId: 2 },
      ]);
    seen.length = 0;
    const rows = await db
      .from(baskets)
      .orderBy(baskets.id)
      .with({
        roads: {
          orderBy: roads.id,
          with: { byCode: true, byMark: true, byBig: true, byWord: true },
        },
      });
    const found = rows
      .flatMap((row) => row.roads)
      .map(({ byCode, byMark, byBig, byWord }) =>
        [byCode, byMark, byBig, byWord].map((town) => town?.id ?? null),
      );
    expect(found).toEqual([
      [2, 2, 2, 2],
      [1, 1, 1, 1],
      [null, null, null, 1],
      [null, null, null, null],
    ]);
    expect(seen.filter((said) => said.includes("any(array(select"))).toHaveLength(3);
  });

  test("fail with the rows that they belong to, once", async () => {
    await using own = await withBaskets();
    const { aside, db } = own;
    const read = (on: Pick<typeof db, "from"> = db) =>
      on.from(baskets).with({ lines: { with: { good: true } } });
    await aside("alter table goods rename to kept");
    await expect(read()).rejects.toMatchObject({ code: "E_MISSING_TABLE" });
    await expect(db.transaction((tx) => read(tx))).rejects.toMatchObject({
      code: "E_MISSING_TABLE",
    });
    await aside("alter table kept rename to goods; alter table lines rename to kept");
    await expect(read()).rejects.toMatchObject({ code: "E_MISSING_TABLE" });
    await expect(db.transaction((tx) => read(tx))).rejects.toMatchObject({
      code: "E_MISSING_TABLE",
    });
    await aside("alter table kept rename to lines");
    expect(await db.transaction((tx) => read(tx))).toHaveLength(3);
    expect(await read()).toHaveLength(3);
  });
});
