import { eq } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { fromJson, toJson } from "../../query/rows/json.ts";
import { array } from "../../schema/array.ts";
import { unique } from "../../schema/constraints.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { bigint, bytes, integer, text, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const goods = table(
  "goods",
  {
    id: integer().primaryKey(),
    code: varchar({ length: 20 }).notNull(),
    shop: integer().notNull().default(1),
    name: text(),
    stock: integer().notNull().default(0),
  },
  (t) => [unique().on(t.shop, t.code)],
);

const seats = table("seats", {
  row: integer().primaryKey(),
  seat: varchar({ length: 5 }).primaryKey(),
  guest: text(),
});

const tokens = table("tokens", {
  id: uuid().primaryKey(),
  use: text().notNull(),
  ...timestamps(),
});

const people = table("people", {
  id: integer().primaryKey(),
  email: varchar({ length: 50 }).caseInsensitive().notNull().unique(),
  name: text(),
});

const albums = table("albums", {
  id: integer().primaryKey(),
  tags: array(text()),
  counts: array(bigint(), { nulls: true }),
  photo: bytes(),
});

const plain = table("plain", { a: integer(), b: integer() });

const three = [
  { id: 1, code: "a", shop: 1, name: "one", stock: 1 },
  { id: 2, code: "b", shop: 1, name: "two", stock: 2 },
  { id: 3, code: "a", shop: 2, name: null, stock: 3 },
];

/** Many rows updated, each to values of its own. */
export function updateManyCases({ expect, group }: Kit): void {
  group("updates of many rows", { goods, seats, tokens, people, albums, plain }, (test) => {
    test("give each row its own values, and tell which keys no row has", async ({ db }) => {
      await db.insert(goods).values(three);
      const outcome = await db.updateMany(goods, [
        { id: 3, name: "drei", stock: 30 },
        { id: 1, name: null, stock: 10 },
        { id: 77, name: "none", stock: 0 },
      ]);
      expect(outcome).toEqual({ affectedRows: 2, missing: 1 });
      expect(await db.from(goods).orderBy(goods.id)).toEqual([
        { ...three[0], name: null, stock: 10 },
        three[1],
        { ...three[2], name: "drei", stock: 30 },
      ]);
    });

    test("count rows whose values stay the same", async ({ db }) => {
      await db.insert(goods).values(three);
      const same = [
        { id: 1, stock: 1 },
        { id: 2, stock: 2 },
      ];
      expect(await db.updateMany(goods, same)).toEqual({ affectedRows: 2, missing: 0 });
    });

    test("leave alone what a row leaves out", async ({ db }) => {
      await db.insert(goods).values(three);
      await db.updateMany(goods, [
        { id: 1, stock: 10 },
        { id: 2, name: "zwei" },
        { id: 3, stock: 30, name: "drei" },
      ]);
      expect(await db.from(goods).orderBy(goods.id)).toEqual([
        { ...three[0], stock: 10 },
        { ...three[1], name: "zwei" },
        { ...three[2], stock: 30, name: "drei" },
      ]);
    });

    test("find rows by a unique key, and by a key of several columns", async ({ db }) => {
      await db.insert(goods).values(three);
      const rows = [
        { shop: 2, code: "a", stock: 22 },
        { shop: 1, code: "a", stock: 11 },
      ];
      expect(await db.updateMany(goods, rows, { key: ["shop", "code"] })).toEqual({
        affectedRows: 2,
        missing: 0,
      });
      expect((await db.from(goods).orderBy(goods.id)).map(({ stock }) => stock)).toEqual([
        11, 2, 22,
      ]);
      await db.insert(seats).values([
        { row: 1, seat: "a" },
        { row: 1, seat: "b" },
      ]);
      await db.updateMany(seats, [
        { row: 1, seat: "b", guest: "Bob" },
        { row: 1, seat: "a", guest: "Ada" },
      ]);
      expect(await db.from(seats).orderBy(seats.seat)).toEqual([
        { row: 1, seat: "a", guest: "Ada" },
        { row: 1, seat: "b", guest: "Bob" },
      ]);
    });

    test("find texts without regard to case where their column says so", async ({ db }) => {
      await db.insert(people).values([
        { id: 1, email: "Ada@example.org" },
        { id: 2, email: "bob@example.org" },
      ]);
      const rows = [
        { email: "BOB@example.org", name: "Bob" },
        { email: "ada@example.ORG", name: "Ada" },
      ];
      expect(await db.updateMany(people, rows, { key: "email" })).toEqual({
        affectedRows: 2,
        missing: 0,
      });
      expect((await db.from(people).orderBy(people.id)).map(({ name }) => name)).toEqual([
        "Ada",
        "Bob",
      ]);
      const twice = [
        { email: "a", name: "1" },
        { email: "A", name: "2" },
      ];
      expect(await failureOf(db.updateMany(people, twice, { key: "email" }))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("write lists, and long bytes", async ({ db }) => {
      const lists = [
        { id: 1, tags: ["a", `"{,}'`, ""], counts: [1n, null], photo: new Uint8Array(2 ** 22) },
        { id: 2, tags: [], counts: null, photo: null },
        { id: 3, tags: ["NULL", "b\\"], counts: [2n ** 60n], photo: Uint8Array.of(0) },
      ];
      await db.insert(albums).values(lists.map(({ id }) => ({ id })));
      await db.updateMany(albums, lists);
      const rows = await db.from(albums).orderBy(albums.id);
      for (const [index, { photo, ...rest }] of rows.entries()) {
        expect(photo?.length).toBe(lists[index]!.photo?.length);
        expect({ ...rest, photo: null }).toEqual({ ...lists[index], photo: null });
      }
      const json: unknown = JSON.parse(JSON.stringify(toJson(rows.slice(1))));
      expect(fromJson(albums, json as unknown[])).toEqual(rows.slice(1));
    });

    test("write thousands of rows, all or none", async ({ db }) => {
      const ids = Array.from({ length: 3_001 }, (_, id) => id);
      await db.insert(goods).values(ids.map((id) => ({ id, code: `c${id}` })));
      const rows = ids.map((id) => ({ id, stock: id * 2, name: `n${id}` }));
      expect(await db.updateMany(goods, rows)).toEqual({ affectedRows: 3_001, missing: 0 });
      const stored = await db.from(goods).orderBy(goods.id);
      expect(stored.every(({ id, stock, name }) => stock === id * 2 && name === `n${id}`)).toBe(
        true,
      );
      const clash = ids.map((id) => ({ id, code: id === 3_000 ? "c0" : `c${id}`, stock: -1 }));
      expect(await failureOf(db.updateMany(goods, clash))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
      expect(await db.from(goods).where(eq(goods.stock, -1)).count()).toBe(0);
    });

    test("write the time of the update", async ({ db }) => {
      const id = "0190a3c4-5d6e-7f80-9123-456789abcdef";
      const old = new Date("2001-01-01T00:00:00Z");
      await db.insert(tokens).values({ id, use: "a", createdAt: old, updatedAt: old });
      await db.updateMany(tokens, [{ id: id.toUpperCase(), use: "b" }]);
      const row = await db.from(tokens).one();
      expect([row.use, row.createdAt, row.updatedAt > old]).toEqual(["b", old, true]);
      await db.updateMany(tokens, [{ id, updatedAt: old }]);
      expect((await db.from(tokens).one()).updatedAt).toEqual(old);
    });

    test("write nothing for no rows, and run once", async ({ db }) => {
      expect(await db.updateMany(goods, [])).toEqual({ affectedRows: 0, missing: 0 });
      await db.insert(goods).values(three);
      const update = db.updateMany(goods, [{ id: 1, stock: 5 }]).comment("once */ drop table x");
      expect((await db.from(goods).find(1))?.stock).toBe(1);
      await update;
      expect(await failureOf(update)).toMatchObject({ code: "E_WRITE_TWICE" });
      expect((await db.from(goods).find(1))?.stock).toBe(5);
    });

    test("refuse what has no one meaning, before anything is sent", async ({ db }) => {
      await db.insert(goods).values(three);
      const refusals: (readonly [unknown[], string, unknown?])[] = [
        [
          [
            { id: 1, stock: 0 },
            { id: 1, stock: 9 },
          ],
          "E_INVALID_VALUE",
        ],
        [[{ stock: 0 }], "E_INVALID_VALUE"],
        [[{ id: null, stock: 0 }], "E_INVALID_VALUE"],
        [[{ id: 1, stock: undefined }], "E_INVALID_VALUE"],
        [[{ id: 1, stock: sql`0` }], "E_INVALID_VALUE"],
        [[{ id: 1, stock: "0" }], "E_INVALID_VALUE"],
        [[{ id: 1, stock: 2 ** 40 }], "E_OUT_OF_RANGE"],
        [[{ id: 1, stok: 0 }], "E_UNKNOWN_COLUMN"],
        [[{ id: 1, stock: 0 }, { id: 2 }], "E_EMPTY_WRITE"],
        [[{ code: "a", stock: 0 }], "E_UNKNOWN_COLUMN", "code"],
        [[{ id: 1, stock: 0 }], "E_UNKNOWN_COLUMN", []],
      ];
      for (const [rows, code, key] of refusals) {
        const options = (key === undefined ? {} : { key }) as { key?: "id" };
        const error = await failureOf(async () => {
          await db.updateMany(goods, rows as { id: number }[], options);
        });
        expect(error, code).toMatchObject({ code });
      }
      const error = await failureOf(db.updateMany(goods, [{ id: 1, stock: 2 ** 40 }]));
      expect(String(error).includes('"stock"')).toBe(true);
      expect(await failureOf(() => db.updateMany(plain, []))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
      expect(await db.from(goods).orderBy(goods.id)).toEqual(three);
    });

    test("make few plans, whatever the number of rows", async ({ db }) => {
      const ids = Array.from({ length: 600 }, (_, id) => id);
      await db.insert(goods).values(ids.map((id) => ({ id, code: `c${id}` })));
      const before = db.stats().plans;
      for (let count = 1; count <= 600; count += 7)
        await db.updateMany(
          goods,
          ids.slice(0, count).map((id) => ({ id, stock: count })),
        );
      expect(db.stats().plans - before <= 36).toBe(true);
      expect(await db.from(goods).where(eq(goods.stock, 596)).count()).toBe(596);
    });
  });
}
