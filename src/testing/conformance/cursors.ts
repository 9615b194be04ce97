import type { AnyExpression } from "../../ast/expression.ts";
import type { Database } from "../../query/database.ts";
import { eq, gt } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { table, type NewRowOf } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  json,
  real,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const size = enumType("cursor_size", ["small", "large", "huge"]);

const kinds = table("cursor_kinds", {
  id: integer().primaryKey(),
  whole: integer(),
  big: bigint(),
  price: decimal({ precision: 12, scale: 3 }),
  word: varchar({ length: 20 }),
  folded: varchar({ length: 20 }).caseInsensitive(),
  flag: boolean(),
  key: uuid(),
  at: timestamp(),
  fine: timestamp({ precision: 6 }),
  exact: timestamp({ precision: 6, mode: "string" }),
  day: date(),
  hour: time({ precision: 6 }),
  raw: bytes(),
  size: size(),
  ratio: double(),
  small: real(),
});
const wide = table("cursor_wide", {
  id: integer().primaryKey(),
  amount: decimal({ precision: 30, scale: 2 }),
});
const moments = table("cursor_moments", {
  id: integer().primaryKey(),
  at: timestamp({ precision: 6, mode: "string" }).notNull(),
});
/** The same table, whose instants are read as Dates. */
const dates = table("cursor_moments", {
  id: integer().primaryKey(),
  at: timestamp({ precision: 6 }).notNull(),
});
const docs = table("cursor_docs", { id: integer().primaryKey(), body: json(), note: text() });

const SECRET = "a secret of sixteen or more";
const OTHER = "another secret, just as long";

function rowOf(id: number, at: number): NewRowOf<typeof kinds> {
  const micro = `2026-01-01T00:00:00.00000${at}Z`;
  return {
    id,
    whole: at * 3 - 4,
    big: BigInt(at) * 2n ** 60n - 2n ** 62n,
    price: `${at - 2}.50${at}`,
    word: ["", "a", "A", "é", "\u{1F600}"][at]!,
    folded: ["b", "A", "a", "É", "B"][at]!,
    flag: at % 2 === 0,
    key: `0000000${at}-0000-4000-8000-00000000000${4 - at}`,
    at: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, at)),
    fine: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, at % 2)),
    exact: micro,
    day: `2026-0${1 + (at % 3)}-1${at % 2}`,
    hour: `12:00:00.00000${at}`,
    raw: Uint8Array.of(at % 2, at),
    size: size.values[at % 3]!,
    ratio: at / 3 - 1,
    small: Math.fround(at / 3 - 1),
  };
}

/** Cursors over values of every type, and those that are refused. */
export function cursorCases({ alone, expect, group }: Kit): void {
  group("cursors", { kinds, wide, moments, docs }, (test) => {
    const fill = async (db: Database): Promise<void> => {
      const rows = Array.from({ length: 9 }, (_, id) =>
        id % 3 === 2 ? { id } : rowOf(id, id % 5),
      );
      for (const row of rows) await db.insert(kinds).values(row);
    };

    test("go through values of every type, there and back", async ({ db }) => {
      await fill(db);
      const columns = Object.values(kinds) as (AnyExpression & { key: string })[];
      for (const column of columns) {
        for (const term of [
          asc(column),
          desc(column),
          asc(column).nullsLast(),
          desc(column).nullsFirst(),
        ]) {
          const order = [term, desc(kinds.id)];
          const read = db.select({ n: kinds.id }).from(kinds);
          const all = await read.orderBy(term, desc(kinds.id)).list();
          const there: number[] = [];
          let last: string | null = null;
          for await (const page of read.keyset(order, { size: 2 })) {
            there.push(...page.items.map(({ n }) => n));
            last = page.previousCursor;
          }
          expect(there, `${column.key} ${term.direction}`).toEqual(all);
          const back: number[] = [];
          for await (const page of read.keyset(order, { size: 3, before: last }))
            back.unshift(...page.items.map(({ n }) => n));
          expect(back, `${column.key} ${term.direction}`).toEqual(all.slice(0, 8));
        }
      }
    });

    test("keep the microseconds that a Date has not", async ({ db }) => {
      // The same column in two modes: one writes what the other can't say.
      await db.insert(moments).values(
        Array.from({ length: 8 }, (_, id) => ({
          id,
          at: `2026-01-01T00:00:00.00100${id}Z`,
        })),
      );
      const seen: number[] = [];
      for await (const { items } of db.from(dates).keyset([desc(dates.at)], { size: 3 })) {
        expect(items.every(({ at }) => at.getTime() === Date.UTC(2026, 0, 1, 0, 0, 0, 1))).toBe(
          true,
        );
        seen.push(...items.map(({ id }) => id));
      }
      expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    });

    test("lead there and back, and end where the rows end", async ({ db }) => {
      await fill(db);
      const read = db.select({ n: kinds.id }).from(kinds);
      const first = await read.keyset([kinds.id], { size: 4 });
      expect([first.hasPreviousPage, first.previousCursor, first.hasNextPage]).toEqual([
        false,
        null,
        true,
      ]);
      const second = await read.keyset([kinds.id], { size: 4, after: first.nextCursor });
      expect(second.items.map(({ n }) => n)).toEqual([4, 5, 6, 7]);
      const third = await read.keyset([kinds.id], { size: 4, after: second.nextCursor });
      expect(third).toMatchObject({ items: [{ n: 8 }], hasNextPage: false, nextCursor: null });
      const again = await read.keyset([kinds.id], { size: 4, before: third.previousCursor });
      expect(again.items).toEqual(second.items);
      const start = await read.keyset([kinds.id], { size: 4, before: again.previousCursor });
      expect(start).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
      expect(start.items).toEqual(first.items);
      await db.delete(kinds).where(gt(kinds.id, 3));
      expect(await read.keyset([kinds.id], { size: 4, after: first.nextCursor })).toEqual({
        items: [],
        hasNextPage: false,
        hasPreviousPage: false,
        nextCursor: null,
        previousCursor: null,
      });
    });

    test("hold for one order of one query", async ({ db }) => {
      await fill(db);
      const read = db.from(kinds).where(gt(kinds.id, 0));
      const { nextCursor: after } = await read.keyset([desc(kinds.word)], { size: 2 });
      const same = await read.where(gt(kinds.id, 1)).keyset([desc(kinds.word)], { size: 2 });
      expect(same.items.length).toBe(2);
      const others = db.from(kinds).where(gt(kinds.id, 3));
      expect((await others.keyset([desc(kinds.word)], { size: 5, after })).items.length > 0).toBe(
        true,
      );
      for (const other of [
        read.keyset([asc(kinds.word)], { size: 2, after }),
        read.keyset([desc(kinds.word).nullsFirst()], { size: 2, after }),
        read.keyset([desc(kinds.folded)], { size: 2, after }),
        read.keyset([desc(kinds.word), asc(kinds.whole)], { size: 2, after }),
        read.where(eq(kinds.flag, true)).keyset([desc(kinds.word)], { size: 2, after }),
        db.from(docs).keyset([desc(docs.note)], { size: 2, after }),
      ])
        expect(await failureOf(other)).toMatchObject({
          code: "E_CURSOR",
          reason: "another query",
        });
      expect(
        await failureOf(() => read.keyset([kinds.id], { size: 2, after, before: after })),
      ).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("are refused when they are damaged", async ({ db }) => {
      await fill(db);
      const read = (after: string) => db.from(kinds).keyset([kinds.word], { size: 2, after });
      const { nextCursor } = await db.from(kinds).keyset([kinds.word], { size: 4 });
      const good = nextCursor!;
      expect(/^[\w-]+$/.test(good)).toBe(true);
      await read(good);
      const flipped = Array.from(good).map(
        (letter, at) => good.slice(0, at) + (letter === "A" ? "B" : "A") + good.slice(at + 1),
      );
      const cut = Array.from(good).map((_, at) => good.slice(0, at));
      for (const bad of [
        ...flipped,
        ...cut,
        "",
        "null",
        " ",
        `${good}A`,
        `${good}=`,
        "ä",
        7 as never,
      ])
        expect(await failureOf(read(bad)), bad).toMatchObject({
          code: "E_CURSOR",
          reason: "damaged",
        });
    });

    test("are signed where a secret is given", async ({ db }) => {
      await fill(db);
      const read = (secret: string | string[] | undefined, after?: string | null) =>
        db.from(kinds).keyset([kinds.word], { size: 2, secret, after });
      const { nextCursor: signed } = await read(SECRET);
      const { nextCursor: plain } = await read(undefined);
      expect((await read([OTHER, SECRET], signed)).items.length).toBe(2);
      const fails = async (secret: string | undefined, after: string | null, reason: string) =>
        expect(await failureOf(read(secret, after))).toMatchObject({ code: "E_CURSOR", reason });
      await fails(OTHER, signed, "forged");
      await fails(SECRET, plain, "unsigned");
      await fails(undefined, signed, "signed");
      await fails(SECRET, `${signed!.slice(0, -1)}${signed!.endsWith("A") ? "B" : "A"}`, "forged");
      expect(await failureOf(read("short"))).toMatchObject({ code: "E_CONFIG" });
      await alone(
        async (own) => {
          expect(
            await failureOf(own.from(kinds).keyset([], { size: 2, after: plain })),
          ).toMatchObject({ code: "E_CURSOR", reason: "unsigned" });
        },
        { cursorSecret: [SECRET] },
      );
    });

    test.needing(
      (can) => can.maxDecimalPrecision >= 30,
      "go by decimals of many digits",
      async ({ db }) => {
        const amounts = ["9007199254740993.01", "9007199254740993.02", "-1.00"];
        await db.insert(wide).values(amounts.map((amount, id) => ({ id, amount })));
        const seen: (string | null)[] = [];
        for await (const { items } of db.from(wide).keyset([desc(wide.amount)], { size: 1 }))
          seen.push(...items.map(({ amount }) => amount));
        expect(seen).toEqual([amounts[1], amounts[0], amounts[2]]);
      },
    );

    test("are of what has an order", async ({ db }) => {
      const read = db.from(docs).keyset([docs.body], { size: 2 });
      expect(await failureOf(read)).toMatchObject({ code: "E_UNSUPPORTED" });
    });
  });
}
