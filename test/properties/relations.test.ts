import { and, asc, connect, createTables, desc, eq, isNotNull, type Database } from "plinth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { infoOf, type AnyTable } from "../../src/schema/table.ts";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";
import { Random } from "./random.ts";
import {
  dataOf,
  isLive,
  oracle,
  orderOf,
  questionOf,
  schema,
  sorted,
  spelt,
  treeOf,
  type Data,
} from "./relations.ts";

const ROUNDS = process.env["PLINTH_TEST_LONG"] === undefined ? 400 : 8_000;
const SEED = 20_261_121;
const MAX_DEPTH = 4;

interface Opened {
  readonly name: string;
  readonly db: Database;
  readonly database: TestDatabase;
}

const opened: Opened[] = [];
const data: Data = dataOf(new Random(SEED));
const tables = [...data.keys()];

beforeAll(async () => {
  for (const server of testServers()) {
    const database = await createTestDatabase(server);
    const db: Database = await connect(database.url, { schema });
    opened.push({ name: server.name, db, database });
    await createTables(db, schema);
    for (const [table, rows] of data) await db.insert(table).values(rows as never);
  }
});

afterAll(async () => {
  for (const { db, database } of opened) {
    await db.close();
    await database.drop();
  }
});

test(
  "trees of relations are what plain loops over all rows make of them",
  { timeout: 1_800_000 },
  async () => {
    let rowCount = 0;
    let relationCount = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const seed = SEED + round;
      const random = new Random(seed);
      const table = tables[random.below(tables.length)]!;
      const { tree, inner } = treeOf(random, table, 1 + random.below(MAX_DEPTH));
      const order = orderOf(random, table);
      const limit = random.below(2) === 0 ? 1 + random.below(3) : 100;
      const rows = sorted(data.get(table)!.filter(isLive), order).slice(0, limit);
      const expected = rows.map((row) => spelt(oracle(data, inner, row, undefined), inner));
      rowCount += rows.length;
      relationCount += inner.size;
      await Promise.all(
        opened.map(async ({ name, db }) => {
          const [first, ...others] = order.map(({ key, isDown }) => {
            const column = infoOf(table).column(key)!;
            return isDown ? desc(column) : asc(column);
          });
          const query = db.from(table as AnyTable).with(tree as never);
          const ordered = query.orderBy(first!, ...others);
          const found = await ordered.limit(limit);
          const texts = found.map((row) => spelt(row as never, inner));
          expect(texts, `seed ${seed} on ${name}`).toEqual(expected);
          const { primaryKey } = infoOf(table);
          const key = Object.fromEntries(
            primaryKey.map((column) => [column.key, rows[0]![column.key]]),
          );
          const byKey = await query.find(
            (primaryKey.length === 1 ? Object.values(key)[0] : key) as never,
          );
          const one = await ordered.first();
          const ofKey = and(
            isNotNull(primaryKey[0]!),
            ...primaryKey.map((column) => eq(column, key[column.key] as never)),
          );
          const [named] = await query.where(ofKey);
          expect(
            [byKey, one, named].map((row) => spelt(row as never, inner)),
            `seed ${seed} on ${name}, by key`,
          ).toEqual([expected[0], expected[0], expected[0]]);
        }),
      );
    }
    process.stdout.write(
      `${ROUNDS} trees, ${rowCount} rows, ${relationCount} relations, equal on ` +
        `${opened.map(({ name }) => name).join(", ")}\n`,
    );
    expect(relationCount).toBeGreaterThan(ROUNDS / 2);
  },
);

test(
  "conditions about related rows are what plain loops over all rows find",
  { timeout: 1_800_000 },
  async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const seed = SEED + round;
      const random = new Random(seed);
      const table = tables[random.below(tables.length)]!;
      const { answer, expression } = questionOf(random, table);
      const key = infoOf(table).primaryKey;
      const expected = sorted(
        data.get(table)!.filter(isLive),
        key.map((column) => ({ key: column.key, isDown: false })),
      ).map((row) => answer(data, row));
      await Promise.all(
        opened.map(async ({ name, db }) => {
          const rows = await db
            .select({ answer: expression })
            .from(table as AnyTable)
            .orderBy(key[0]!, ...key.slice(1));
          const found = rows.map((row) => row.answer);
          expect(found, `seed ${seed} on ${name}`).toEqual(expected);
        }),
      );
    }
  },
);
