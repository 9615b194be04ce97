// What a query sees of tables with scopes is what it would see if the other rows weren't there.
import {
  alias,
  and,
  asc,
  connect,
  createTables,
  defineSchema,
  eq,
  gt,
  type Database,
  type SelectQuery,
} from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AnyExpression } from "../../src/ast/expression.ts";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";
import { countNodes } from "./coverage.ts";
import { ExpressionMaker, fieldsOf } from "./expressions.ts";
import { queryOf } from "./queries.ts";
import { Random } from "./random.ts";
import { people, rowsOf, SCOPES, tasks } from "./tables.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const ROUNDS = isLong ? 20_000 : 600;
const SEED = 20_261_121;
const TENANT = 1;

const given = rowsOf(new Random(SEED));
const isSeen = (row: { tenant: number; deletedAt: Date | null }): boolean =>
  row.tenant === TENANT && row.deletedAt === null;

interface Filled {
  readonly db: Database;
  /** Sees all rows. */
  readonly all: Database;
  close(): Promise<void>;
}

async function fill(
  server: Parameters<typeof createTestDatabase>[0],
  keep: typeof isSeen,
): Promise<Filled> {
  const database: TestDatabase = await createTestDatabase(server);
  const db = await connect(database.url);
  const all = db.without(...SCOPES);
  await createTables(db, defineSchema({ people, tasks }));
  await all.insert(people).values(given.people.filter(keep));
  await all.insert(tasks).values(given.tasks.filter(keep));
  const close = async (): Promise<void> => {
    await db.close();
    await database.drop();
  };
  return { db, all, close };
}

function spelt(rows: readonly object[], isOrdered: boolean): string[] {
  const texts = rows.map((row) =>
    JSON.stringify(row, (_, value: unknown) => {
      if (typeof value === "bigint") return `${value}n`;
      if (typeof value === "number" && !Number.isInteger(value)) return value.toPrecision(12);
      return value;
    }),
  );
  return isOrdered ? texts : texts.toSorted();
}

/** A query whose joins are known at run time only. */
type AnyQuery = SelectQuery<Record<string, AnyExpression>, string, string>;

/** Three to five tables, joined in every way. */
function joinsOf(db: Database, random: Random): AnyQuery {
  const names = Array.from({ length: 2 + random.below(3) }, (_, at) => `t${at}`);
  const sources = names.map((name) => (random.oneIn(2) ? alias(people, name) : alias(tasks, name)));
  const [first, ...others] = sources as (typeof people)[];
  const keys = Object.fromEntries(sources.map((source, at) => [`c${at}`, source.id]));
  let query = db.select(keys).from(first!) as never as AnyQuery;
  const before = [first!];
  for (const source of others) {
    const to = random.pick(before);
    const rest = random.oneIn(3) ? gt(source.points, random.below(5)) : undefined;
    const on = and(eq(source.id, random.oneIn(2) ? to.id : (to.points as never)), rest);
    const kinds = ["innerJoin", "leftJoin", "rightJoin", "leftJoin"] as const;
    const canFull = db.can.fullJoin && rest === undefined;
    const kind = canFull && random.oneIn(3) ? "fullJoin" : random.pick(kinds);
    query =
      random.oneIn(9) && before.length < 2 ? query.crossJoin(source) : query[kind](source, on);
    before.push(source);
  }
  return random.oneIn(3) ? query.where(gt(random.pick(before).points, 1)) : query;
}

describe.each(testServers().filter(({ name }) => name !== "sqlite file"))("on $name", (server) => {
  let whole: Filled;
  let seen: Filled;
  let own: Database;

  beforeAll(async () => {
    whole = await fill(server, () => true);
    seen = await fill(server, isSeen);
    own = whole.db.scoped({ tenant: TENANT });
  });
  afterAll(async () => {
    await whole.close();
    await seen.close();
  });

  test("reads of every kind see the same", { timeout: 1_800_000 }, async () => {
    let rowCount = 0;
    let queryCount = 0;
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const { query, isOrdered } = queryOf(own, seed);
      const counts = new Map<string, number>();
      countNodes(query.statement, counts);
      // SQL by hand reads what it says.
      if (counts.has("source")) continue;
      const expected = queryOf(seen.all, seed).query;
      const answers = await Promise.all([query, expected]);
      const [left, right] = answers.map((rows) => spelt(rows, isOrdered));
      expect(left, `seed ${seed}: ${query.toSql().text}`).toEqual(right);
      rowCount += left!.length;
      queryCount++;
    }
    expect(queryCount).toBeGreaterThan(ROUNDS * 0.8);
    expect(rowCount).toBeGreaterThan(queryCount);
  });

  test("joins of every kind see the same, in whatever order they stand", async () => {
    let rowCount = 0;
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const query = joinsOf(own, new Random(seed));
      const expected = joinsOf(seen.all, new Random(seed));
      const [rows, others, count] = await Promise.all([query, expected, query.count()]);
      expect(spelt(rows, false), `seed ${seed}: ${query.toSql().text}`).toEqual(
        spelt(others, false),
      );
      expect(count).toBe(rows.length);
      rowCount += rows.length;
    }
    expect(rowCount).toBeGreaterThan(ROUNDS);
  });

  test("writes meet the same rows, and no others", { timeout: 1_800_000 }, async () => {
    const stop = new Error("stop");
    let affected = 0;
    for (let seed = SEED; seed < SEED + ROUNDS / 6; seed++) {
      const write = async (db: Database, isHard: boolean): Promise<unknown[]> => {
        const random = new Random(seed);
        const results: unknown[] = [];
        const undone = db.transaction(async (tx) => {
          const maker = new ExpressionMaker(tx, random, fieldsOf(tasks));
          const [first, second, third] = [
            maker.condition(2),
            maker.condition(1),
            maker.condition(1),
          ];
          const all = tx.without(...SCOPES);
          results.push(await tx.update(tasks).set({ title: "met" }).where(first));
          const joined = tx
            .update(tasks)
            .set({ points: people.rank })
            .innerJoin(people, eq(people.id, tasks.personId));
          results.push(await joined.where(second));
          const gone = tx.delete(tasks);
          results.push(await (isHard ? gone.hard() : gone).where(third));
          results.push(spelt(await tx.from(tasks).orderBy(asc(tasks.id)), true));
          const others = await all.from(tasks).orderBy(asc(tasks.id));
          const before = given.tasks.filter((row) => !isSeen(row)).map(({ id }) => id);
          const hidden = others.filter(({ id }) => before.includes(id));
          for (const { title, points, id } of hidden) {
            const old = given.tasks.find((row) => row.id === id)!;
            expect([title, points]).toEqual([old.title, old.points]);
          }
          throw stop;
        });
        await undone.catch((error: unknown) => {
          if (error !== stop) throw new Error(`seed ${seed}`, { cause: error });
        });
        return results;
      };
      const counts = new Map<string, number>();
      const maker = new ExpressionMaker(own, new Random(seed), fieldsOf(tasks));
      for (const depth of [2, 1, 1]) countNodes(maker.condition(depth), counts);
      if (counts.has("source")) continue;
      const [left, right] = [await write(own, false), await write(seen.all, true)];
      expect(left, `seed ${seed}`).toEqual(right);
      affected += (left[0] as { affectedRows: number }).affectedRows;
    }
    expect(affected).toBeGreaterThan(ROUNDS / 6);
  });
});
