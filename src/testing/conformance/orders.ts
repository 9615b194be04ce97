import { count, eq, max, sum } from "../../query/expression.ts";
import { negate } from "../../query/functions/numbers.ts";
import { asc, desc } from "../../query/order.ts";
import { lag, over, rowNumber } from "../../query/functions/window.ts";
import { alias, table } from "../../schema/table.ts";
import { decimal, enumType, integer, text } from "../../schema/types.ts";
import type { Kit } from "./kit.ts";

const size = enumType("order_size", ["small", "large"]);

const items = table("items", {
  id: integer().primaryKey(),
  n: integer(),
  word: text(),
  price: decimal({ precision: 8, scale: 2 }),
  size: size(),
  kind: integer().notNull(),
});

/** Where NULLs stand in an order. */
export function orderCases({ expect, group }: Kit): void {
  group("orders", { items }, (test) => {
    const rows = [
      { id: 1, n: 2, word: "b", price: "2.00", size: "large", kind: 1 },
      { id: 2, n: null, word: null, price: null, size: null, kind: 1 },
      { id: 3, n: 1, word: "a", price: "1.00", size: "small", kind: 2 },
      { id: 4, n: null, word: null, price: null, size: null, kind: 2 },
    ] as const;

    test("put NULLs first or last, as asked, whatever the direction", async ({ db }) => {
      await db.insert(items).values(rows);
      for (const column of [items.n, items.word, items.price, items.size] as const) {
        const ids = db.select({ id: items.id }).from(items);
        const by = (term: ReturnType<typeof asc>) => ids.orderBy(term, items.id).list();
        expect(await by(asc(column)), column.key).toEqual([2, 4, 3, 1]);
        expect(await by(asc(column).nullsFirst()), column.key).toEqual([2, 4, 3, 1]);
        expect(await by(asc(column).nullsLast()), column.key).toEqual([3, 1, 2, 4]);
        expect(await by(desc(column)), column.key).toEqual([1, 3, 2, 4]);
        expect(await by(desc(column).nullsLast()), column.key).toEqual([1, 3, 2, 4]);
        expect(await by(desc(column).nullsFirst()), column.key).toEqual([2, 4, 1, 3]);
      }
    });

    test("make one shape of what means the same", async ({ db }) => {
      const of = (term: ReturnType<typeof asc>) => db.from(items).orderBy(term).toSql().text;
      expect(of(asc(items.n).nullsFirst())).toBe(of(asc(items.n)));
      expect(of(desc(items.n).nullsLast())).toBe(of(desc(items.n)));
      expect(of(asc(items.n).nullsLast().nullsFirst())).toBe(of(asc(items.n)));
      expect(of(asc(items.n).nullsLast()) === of(asc(items.n))).toBe(false);
      // There are none, so nothing is said of them.
      expect(of(asc(items.kind).nullsLast())).toBe(of(asc(items.kind)));
    });

    test("put NULLs where they are asked to be in groups, windows and queries put together", async ({
      db,
    }) => {
      await db.insert(items).values(rows);
      const byGroup = db
        .select({ n: items.n, most: max(items.price), rows: count() })
        .from(items)
        .groupBy(items.n)
        .orderBy(desc(max(items.price)).nullsFirst());
      expect((await byGroup).map((row) => row.n)).toEqual([null, 2, 1]);

      const numbered = db
        .select({
          id: items.id,
          place: over(rowNumber(), { orderBy: [asc(items.n).nullsLast(), items.id] }),
          before: over(lag(items.id), { orderBy: [desc(items.n).nullsFirst(), items.id] }),
          soFar: over(sum(items.id), {
            partitionBy: items.kind,
            orderBy: asc(items.word).nullsLast(),
          }),
        })
        .from(items)
        .orderBy(items.id);
      expect(await numbered).toEqual([
        { id: 1, place: 2, before: 4, soFar: 1 },
        { id: 2, place: 3, before: null, soFar: 3 },
        { id: 3, place: 1, before: 1, soFar: 3 },
        { id: 4, place: 4, before: 2, soFar: 7 },
      ]);

      const others = alias(items, "others");
      const words = db.select({ word: items.word }).from(items);
      const all = words.union(db.select({ word: others.word }).from(others));
      expect(await all.orderBy(asc(all.columns.word).nullsLast()).list()).toEqual(["a", "b", null]);

      const distinct = db.select({ n: items.n }).from(items).distinct();
      expect(await distinct.orderBy(asc(items.n).nullsLast()).limit(2).list()).toEqual([1, 2]);
    });

    test("go by the column, whatever else the result calls by its name", async ({ db }) => {
      await db.insert(items).values(rows);
      const negated = db.select({ kind: negate(items.id), id: items.id }).from(items);
      expect(await negated.orderBy(items.kind, items.id)).toEqual([
        { kind: -1, id: 1 },
        { kind: -2, id: 2 },
        { kind: -3, id: 3 },
        { kind: -4, id: 4 },
      ]);
      const renamed = db.select({ kind: items.id, n: items.kind }).from(items);
      const last = renamed.orderBy(desc(items.kind), items.id).limit(2).as("last_two");
      const turned = db.select({ kind: last.n, n: negate(last.kind) }).from(last);
      expect(await turned.orderBy(last.kind)).toEqual([
        { kind: 2, n: -3 },
        { kind: 2, n: -4 },
      ]);
    });

    test("count what an outer join leaves out as NULL", async ({ db }) => {
      await db.insert(items).values(rows);
      const others = alias(items, "others");
      const joined = db
        .select({ id: items.id, kind: others.kind })
        .from(items)
        .leftJoin(others, eq(others.n, items.n))
        .orderBy(asc(others.kind).nullsLast(), items.id);
      expect((await joined).map((row) => row.id)).toEqual([1, 3, 2, 4]);
    });

    test.needing(
      (can) => can.distinctOn,
      "put NULLs where they are asked to be in distinctOn",
      async ({ db }) => {
        await db.insert(items).values(rows);
        const first = db
          .select({ kind: items.kind, id: items.id })
          .from(items)
          .distinctOn(items.kind)
          .orderBy(items.kind, asc(items.n).nullsLast());
        expect((await first).map((row) => row.id)).toEqual([1, 3]);
        const last = first.distinctOn(items.n);
        expect(await last.count()).toBe(4);
      },
    );
  });
}
