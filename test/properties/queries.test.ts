import { connect, createTables, defineSchema, type Database } from "plinth";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExpressionNode } from "../../src/ast/expression.ts";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";
import { countNodes } from "./coverage.ts";
import { partsOf, queryOf, type MadeQuery } from "./queries.ts";
import { Random } from "./random.ts";
import { people, rowsOf, SCOPES, tasks } from "./tables.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const ROUNDS = isLong ? 40_000 : 3_000;
const SEED = 20_260_101;
const LEAST = 50;

/**
 * Every kind of node that a query can have before it is a plan; a new kind needs its place in the grammar. Rows are compared
 * by pages only, which have a test of their own.
 */
const KINDS: Readonly<
  Record<Exclude<ExpressionNode["kind"], "compareRows" | "inListParameter" | "parameter">, true>
> = {
  between: true,
  call: true,
  case: true,
  column: true,
  compare: true,
  fragment: true,
  inList: true,
  inQuery: true,
  logic: true,
  not: true,
  nullTest: true,
  output: true,
  pattern: true,
  source: true,
  subquery: true,
  value: true,
};

interface Opened {
  readonly name: string;
  readonly db: Database;
  readonly database: TestDatabase;
}

const opened: Opened[] = [];

beforeAll(async () => {
  const rows = rowsOf(new Random(SEED));
  for (const server of testServers().filter(({ name }) => name !== "sqlite file")) {
    const database = await createTestDatabase(server);
    const db = (await connect(database.url)).without(...SCOPES);
    opened.push({ name: server.name, db, database });
    await createTables(db, defineSchema({ people, tasks }));
    await db.insert(people).values(rows.people);
    await db.insert(tasks).values(rows.tasks);
  }
});

afterAll(async () => {
  for (const { db, database } of opened) {
    await db.close();
    await database.drop();
  }
});

/** One text for rows that are equal; averages are only promised to so many digits. */
function spelt(rows: readonly object[], isOrdered: boolean): string {
  const texts = rows.map((row) =>
    JSON.stringify(row, (_, value: unknown) => {
      if (typeof value === "bigint") return `${value}n`;
      if (typeof value === "number" && !Number.isInteger(value)) return value.toPrecision(12);
      return value;
    }),
  );
  return (isOrdered ? texts : texts.toSorted()).join("\n");
}

function textOf(query: MadeQuery): string {
  try {
    return query.toSql().text;
  } catch {
    return "no text";
  }
}

async function answerOf({ name, db }: Opened, seed: number): Promise<string> {
  const { query, isOrdered } = queryOf(db, seed);
  try {
    return spelt(await query, isOrdered);
  } catch (error) {
    throw new Error(`seed ${seed} on ${name}: ${textOf(query)}`, { cause: error });
  }
}

test("generated queries have one answer on every database", { timeout: 1_800_000 }, async () => {
  const counts = new Map<string, number>();
  let rowCount = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const seed = SEED + round;
    const answers = await Promise.all(opened.map((one) => answerOf(one, seed)));
    const [first] = opened;
    countNodes(queryOf(first!.db, seed).query.statement, counts);
    rowCount += answers[0] === "" ? 0 : answers[0]!.split("\n").length;
    for (const [at, answer] of answers.entries()) {
      if (answer === answers[0]) continue;
      const texts = [first!, opened[at]!].map(
        ({ name, db }) => `${name}: ${textOf(queryOf(db, seed).query)}`,
      );
      expect(answer, `seed ${seed}\n${texts.join("\n")}`).toBe(answers[0]);
    }
  }
  const sorted = [...counts].toSorted(([left], [right]) => (left < right ? -1 : 1));
  process.stdout.write(
    `${ROUNDS} queries, ${rowCount} rows, equal on ${opened.map(({ name }) => name).join(", ")}\n` +
      `${sorted.map(([word, times]) => `${word} ${times}`).join(", ")}\n`,
  );
  for (const word of [...Object.keys(KINDS), ...sorted.map(([known]) => known)])
    expect(counts.get(word) ?? 0, word).toBeGreaterThanOrEqual(LEAST);
  // Queries that never find anything would agree about nothing.
  expect(rowCount).toBeGreaterThan(ROUNDS);
});

test(
  "a condition, its opposite and its being NULL part the rows without rest",
  { timeout: 600_000 },
  async () => {
    for (let round = 0; round < ROUNDS / 10; round++) {
      await Promise.all(
        opened.map(async ({ name, db }) => {
          const parts = partsOf(db, SEED + round);
          const [all, ...some] = await Promise.all(parts.map((part) => part.count()));
          const sum = some.reduce((total, count) => total + count, 0);
          expect(sum, `seed ${SEED + round} on ${name}: ${parts[1]!.toSql().text}`).toBe(all);
        }),
      );
    }
  },
);
