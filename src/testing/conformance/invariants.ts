import {
  and,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  ne,
  not,
  or,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import type { OrderTerm } from "../../ast/statement.ts";
import type { Database } from "../../query/database.ts";
import { table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  decimal,
  double,
  integer,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { type Kit } from "./kit.ts";

const mixed = table("mixed", {
  id: integer().primaryKey(),
  n: integer(),
  word: varchar({ length: 20 }),
  flag: boolean(),
  key: uuid(),
  at: timestamp(),
  micro: timestamp({ mode: "string" }),
  amount: decimal({ precision: 12, scale: 3 }),
  big: bigint(),
  real: double(),
});

const notes = table("notes", {
  id: integer().primaryKey().autoIncrement(),
  mixedId: integer(),
  body: text(),
});

/** Mulberry32: what a seed repeats. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

type Condition = ReturnType<typeof and>;

/** A condition over columns that hold NULLs. */
function conditionOf(db: Database, random: (below: number) => number, depth: number): Condition {
  const inner = (): Condition => conditionOf(db, random, depth - 1);
  if (depth > 0) {
    switch (random(4)) {
      case 0:
        return and(inner(), inner());
      case 1:
        return or(inner(), inner());
      case 2:
        return not(inner());
    }
  }
  const n = random(6);
  switch (random(9)) {
    case 0:
      return eq(mixed.n, n);
    case 1:
      return lt(mixed.n, mixed.id);
    case 2:
      return ne(mixed.word, `w${n}`);
    case 3:
      return isNull(mixed.flag);
    case 4:
      return inArray(
        mixed.n,
        Array.from({ length: random(7) }, (_, at) => at),
      );
    case 5:
      return gte(mixed.amount, `${n}.5`);
    case 6:
      return eq(mixed.flag, n > 2);
    case 7:
      return exists(db.from(notes).where(eq(notes.mixedId, mixed.n)));
    default:
      return gt(mixed.at, new Date(n * 1_000));
  }
}

/** What holds whatever the rows and the conditions are. */
export function invariantCases({ expect, group }: Kit): void {
  group("whatever is asked", { mixed, notes }, (test) => {
    const rows = Array.from({ length: 60 }, (_, id) => ({
      id,
      n: id % 7 === 0 ? null : id % 6,
      word: id % 5 === 0 ? null : `w${id % 6}`,
      flag: id % 4 === 0 ? null : id % 3 === 0,
      at: id % 9 === 0 ? null : new Date((id % 8) * 1_000),
      amount: id % 8 === 0 ? null : `${id % 5}.${id % 3}`,
    }));

    test("a condition, its opposite and its being NULL part the rows without rest", async ({
      db,
    }) => {
      await db.insert(mixed).values(rows);
      await db.insert(notes).values([{ mixedId: 1 }, { mixedId: 4 }, { mixedId: null }]);
      const random = randomOf(4711);
      for (let round = 0; round < 150; round++) {
        const condition = conditionOf(db, random, 3);
        const [yes, no, unknown] = await Promise.all([
          db.from(mixed).where(condition).count(),
          db.from(mixed).where(not(condition)).count(),
          db.from(mixed).where(isNull(condition)).count(),
        ]);
        expect(yes + no + unknown, `round ${round}: ${yes} ${no} ${unknown}`).toBe(rows.length);
        const flags = await db.select({ value: condition }).from(mixed);
        const counted = [true, false, null].map(
          (wanted) => flags.filter(({ value }) => value === wanted).length,
        );
        expect(counted, `round ${round}`).toEqual([yes, no, unknown]);
      }
    });

    test("pages of an order hold every row once, in the order of the whole", async ({ db }) => {
      await db.insert(mixed).values(rows);
      const orders: readonly [OrderTerm, ...OrderTerm[]][] = [
        [asc(mixed.n), asc(mixed.id)],
        [desc(mixed.word), asc(mixed.id)],
        [asc(mixed.flag), desc(mixed.amount), asc(mixed.id)],
        [desc(mixed.at), desc(mixed.id)],
      ];
      for (const order of orders) {
        const whole = await db
          .select({ id: mixed.id })
          .from(mixed)
          .orderBy(...order);
        const pages: { id: number }[] = [];
        for (let at = 0; at < rows.length; at += 7)
          pages.push(
            ...(await db
              .select({ id: mixed.id })
              .from(mixed)
              .orderBy(...order)
              .limit(7)
              .offset(at)),
          );
        expect(pages).toEqual(whole);
      }
    });
  });
}
