import { and, count, eq, gt, isNull, ne, or } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { alias, table } from "../../schema/table.ts";
import { decimal, integer, text, timestamp } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const authors = table("authors", {
  id: integer().primaryKey(),
  name: text().notNull(),
  bossId: integer(),
});

const books = table("books", {
  id: integer().primaryKey(),
  authorId: integer(),
  title: text().notNull(),
  price: decimal({ precision: 8, scale: 2 }),
  out: timestamp(),
});

const stickers = table("stickers", { bookId: integer(), colour: text() });

const ada = { id: 1, name: "Ada", bossId: null };
const bob = { id: 2, name: "Bob", bossId: 1 };
const out = new Date("2026-01-01T00:00:00.000Z");
const one = { id: 10, authorId: 1, title: "One", price: "9.90", out };
const two = { id: 11, authorId: 1, title: "Two", price: null, out: null };
const lost = { id: 12, authorId: 99, title: "Lost", price: null, out: null };

/** Rows of several tables, and what is null when one of them has none. */
export function joinCases({ expect, group }: Kit): void {
  group("joins", { authors, books, stickers }, (test) => {
    const fill = async (db: Parameters<Parameters<typeof test>[1]>[0]["db"]): Promise<void> => {
      await db.insert(authors).values([ada, bob]);
      await db.insert(books).values([one, two, lost]);
    };
    const written = eq(books.authorId, authors.id);

    test("that are inner keep the pairs", async ({ db }) => {
      await fill(db);
      const pairs = db
        .select({ name: authors.name, title: books.title, price: books.price })
        .from(authors)
        .innerJoin(books, written);
      expect(await pairs.orderBy(asc(books.id))).toEqual([
        { name: "Ada", title: "One", price: "9.90" },
        { name: "Ada", title: "Two", price: null },
      ]);
      expect(await pairs.count()).toBe(2);
      expect(await pairs.where(eq(books.title, "Two")).first()).toEqual({
        name: "Ada",
        title: "Two",
        price: null,
      });
    });

    test("that are left keep the first table's rows, with null for the other", async ({ db }) => {
      await fill(db);
      const query = db
        .select({ author: authors, book: books, title: books.title })
        .from(authors)
        .leftJoin(books, written);
      expect(await query.orderBy(asc(authors.id), asc(books.id))).toEqual([
        { author: ada, book: one, title: "One" },
        { author: ada, book: two, title: "Two" },
        { author: bob, book: null, title: null },
      ]);
      const without = db
        .select({ name: authors.name })
        .from(authors)
        .leftJoin(books, written)
        .where(isNull(books.id));
      expect(await without).toEqual([{ name: "Bob" }]);
    });

    test("that are right keep the other table's rows, with null for those before", async ({
      db,
    }) => {
      await fill(db);
      const query = db
        .select({ author: authors, book: books })
        .from(authors)
        .rightJoin(books, written);
      expect(await query.orderBy(asc(books.id))).toEqual([
        { author: ada, book: one },
        { author: ada, book: two },
        { author: null, book: lost },
      ]);
    });

    test.needing(
      (can) => can.fullJoin,
      "that are full keep both tables' rows",
      async ({ db }) => {
        await fill(db);
        const query = db
          .select({ author: authors, book: books, name: authors.name })
          .from(authors)
          .fullJoin(books, written);
        expect(await query.orderBy(asc(authors.id), asc(books.id))).toEqual([
          { author: null, book: lost, name: null },
          { author: ada, book: one, name: "Ada" },
          { author: ada, book: two, name: "Ada" },
          { author: bob, book: null, name: "Bob" },
        ]);
      },
    );

    test("that are cross give every pair", async ({ db }) => {
      await fill(db);
      const query = db.select({ name: authors.name, id: books.id }).from(authors).crossJoin(books);
      expect((await query).length).toBe(6);
      expect(await query.where(and(eq(books.id, 12), gt(authors.id, 1)))).toEqual([
        { name: "Bob", id: 12 },
      ]);
    });

    test("without a condition are refused, as they would give every pair", async ({ db }) => {
      const other = alias(authors, "other");
      const conditions = [undefined as never, and(undefined), or(and(), undefined)];
      for (const condition of conditions) {
        expect(await failureOf(() => db.from(authors).innerJoin(other, condition))).toMatchObject({
          code: "E_NO_CONDITION",
        });
        expect(await failureOf(() => db.from(authors).leftJoin(other, condition))).toMatchObject({
          code: "E_NO_CONDITION",
        });
      }
    });

    test("of a table with itself go by an alias", async ({ db }) => {
      await fill(db);
      const boss = alias(authors, "boss");
      const query = db
        .select({ name: authors.name, boss: boss.name, whole: boss })
        .from(authors)
        .leftJoin(boss, eq(boss.id, authors.bossId));
      expect(await query.orderBy(authors.id)).toEqual([
        { name: "Ada", boss: null, whole: null },
        { name: "Bob", boss: "Ada", whole: ada },
      ]);
      const again = (): unknown =>
        db
          .select({ id: authors.id })
          .from(authors)
          .innerJoin(authors, eq(authors.id, authors.bossId));
      expect(await failureOf(again)).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      const mates = db.select({ id: boss.id }).from(boss).where(ne(boss.id, 1));
      expect(await mates).toEqual([{ id: 2 }]);
    });

    test("of a row whose columns are all null are told from no row by what can't be null", async ({
      db,
    }) => {
      await fill(db);
      await db.insert(stickers).values({ bookId: 10, colour: null });
      const query = db
        .select({ id: books.id, sticker: stickers })
        .from(books)
        .leftJoin(stickers, eq(stickers.bookId, books.id));
      expect(await query.orderBy(books.id)).toEqual([
        { id: 10, sticker: { bookId: 10, colour: null } },
        { id: 11, sticker: null },
        { id: 12, sticker: null },
      ]);
    });

    test("may go on from table to table", async ({ db }) => {
      await fill(db);
      await db.insert(stickers).values([
        { bookId: 10, colour: "red" },
        { bookId: 10, colour: "blue" },
        { bookId: 77, colour: "grey" },
      ]);
      const chain = db
        .select({ name: authors.name, title: books.title, colour: stickers.colour })
        .from(authors)
        .leftJoin(books, written)
        .leftJoin(stickers, eq(stickers.bookId, books.id));
      expect(await chain.orderBy(authors.id, books.id, stickers.colour)).toEqual([
        { name: "Ada", title: "One", colour: "blue" },
        { name: "Ada", title: "One", colour: "red" },
        { name: "Ada", title: "Two", colour: null },
        { name: "Bob", title: null, colour: null },
      ]);
      const late = db
        .select({ author: authors, book: books, colour: stickers.colour })
        .from(authors)
        .innerJoin(books, written)
        .rightJoin(stickers, eq(stickers.bookId, books.id));
      expect(await late.orderBy(stickers.colour)).toEqual([
        { author: ada, book: one, colour: "blue" },
        { author: null, book: null, colour: "grey" },
        { author: ada, book: one, colour: "red" },
      ]);
    });

    test("give results nested as they were asked for", async ({ db }) => {
      await fill(db);
      const query = db
        .select({
          id: books.id,
          more: { title: books.title, deep: { by: authors.name, whole: authors } },
        })
        .from(books)
        .leftJoin(authors, written);
      expect(await query.orderBy(books.id)).toEqual([
        { id: 10, more: { title: "One", deep: { by: "Ada", whole: ada } } },
        { id: 11, more: { title: "Two", deep: { by: "Ada", whole: ada } } },
        { id: 12, more: { title: "Lost", deep: { by: null, whole: null } } },
      ]);
    });

    test("keep columns of the same name apart", async ({ db }) => {
      await fill(db);
      const rows = await db
        .select({ first: authors.id, second: books.id, twice: authors.id })
        .from(authors)
        .innerJoin(books, written)
        .orderBy(books.id);
      expect(rows).toEqual([
        { first: 1, second: 10, twice: 1 },
        { first: 1, second: 11, twice: 1 },
      ]);
    });

    test("may be counted and grouped", async ({ db }) => {
      await fill(db);
      const perAuthor = db
        .select({ name: authors.name, n: count(books.id) })
        .from(authors)
        .leftJoin(books, written)
        .groupBy(authors.id, authors.name);
      expect(await perAuthor.orderBy(authors.name)).toEqual([
        { name: "Ada", n: 2 },
        { name: "Bob", n: 0 },
      ]);
    });

    test("of many rows decode all of them alike", async ({ db }) => {
      await db
        .insert(authors)
        .values(Array.from({ length: 300 }, (_, id) => ({ id, name: `n${id}` })));
      await db.insert(books).values(
        Array.from({ length: 150 }, (_, at) => ({
          id: at * 2,
          authorId: at * 2,
          title: `t${at}`,
          price: "1.50",
          out,
        })),
      );
      const rows = await db
        .select({ author: authors, book: books })
        .from(authors)
        .leftJoin(books, written)
        .orderBy(authors.id);
      expect(rows).toEqual(
        Array.from({ length: 300 }, (_, id) => ({
          author: { id, name: `n${id}`, bossId: null },
          book: id % 2 === 0 ? { id, authorId: id, title: `t${id / 2}`, price: "1.50", out } : null,
        })),
      );
    });
  });
}
