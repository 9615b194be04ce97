// Random writes of tables that are watched: they do what they do elsewhere, and their audit trail, replayed, makes the rows.
import {
  add,
  and,
  auditLog,
  bytes,
  connect,
  createTables,
  defineSchema,
  eq,
  gte,
  hooks,
  inserted,
  integer,
  json,
  lt,
  sql,
  table,
  text,
  toJson,
  varchar,
  version,
  type AuditValues,
  type Database,
  type Executor,
} from "plinth";
import { expect, test } from "vitest";
import { disguised } from "../databases/mysql/connected.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { Random } from "./random.ts";

const ROUNDS = process.env["PLINTH_TEST_LONG"] === undefined ? 200 : 2_000;
const SEED = 20_261_121;
const TIMEOUT_MS = 300_000;

const items = table("items", {
  id: integer().primaryKey(),
  code: varchar({ length: 10 }).unique(),
  name: text(),
  stock: integer().notNull().default(0),
  meta: json<{ readonly list: readonly number[] }>(),
  data: bytes(),
  version: version(),
});

const places = table("places", {
  hall: varchar({ length: 5 }).primaryKey(),
  shelf: integer().primaryKey(),
  stock: integer().notNull().default(0),
  note: text(),
});

const log = auditLog();
const schema = defineSchema({ items, places, log });

/** Some keys that are taken and some that aren't. */
const ids = (random: Random, count: number): number[] =>
  random.some(
    Array.from({ length: 24 }, (_, index) => index),
    count,
  );

function itemOf(random: Random, id: number) {
  return {
    id,
    ...(random.oneIn(3) && { code: `c${id}` }),
    name: random.pick([null, "a", "b'", "ç🦉"]),
    stock: random.below(9),
    ...(random.oneIn(2) && { meta: { list: [random.below(3)] } }),
    ...(random.oneIn(3) && { data: new Uint8Array([random.below(256), 0]) }),
  };
}

const placeOf = (random: Random, id: number) => ({
  hall: random.pick(["a", "b"]),
  shelf: id,
  stock: random.below(9),
});

type Write = (db: Executor, random: Random) => PromiseLike<unknown>;

const itemList = (random: Random) =>
  ids(random, 1 + random.below(6)).map((id) => itemOf(random, id));

/** Each is made of the same numbers for every database. */
const writes: readonly Write[] = [
  (db, random) => db.insert(items).values(itemList(random)).onConflict(items.id).ignore(),
  (db, random) =>
    db.insert(items).values(itemList(random)).onConflict(items.id).update(["name", "meta"]),
  (db, random) =>
    db
      .insert(items)
      .values(itemList(random))
      .onConflict(items.id)
      .update(
        { stock: add(items.stock, inserted(items.stock)), name: "met" },
        { where: lt(items.stock, inserted(items.stock)) },
      ),
  (db, random) => db.insert(items).stream(itemList(random)).onConflict(items.id).ignore(),
  (db, random) => db.insert(items).values(itemList(random)),
  (db, random) => {
    const least = random.below(9);
    return db.insert(places).select(
      db
        .select({
          hall: sql<string>`'q'`.as(varchar({ length: 5 }).notNull()),
          shelf: items.id,
          stock: items.stock,
        })
        .from(items)
        .where(gte(items.stock, least)),
    );
  },
  (db, random) =>
    db
      .insert(places)
      .values(ids(random, 3).map((id) => placeOf(random, id)))
      .onConflict(places.hall, places.shelf)
      .update(["stock"]),
  (db, random) =>
    db
      .update(items)
      .set({ stock: add(items.stock, 1), name: random.pick(["a", null, "z"]) })
      .where(lt(items.stock, random.below(9))),
  (db, random) =>
    db
      .update(items)
      .set({ name: sql<string>`${places.hall}` })
      .innerJoin(places, and(eq(places.shelf, items.id), eq(places.hall, "q")))
      .where(gte(items.stock, random.below(9))),
  (db, random) =>
    db
      .update(places)
      .set({ note: random.pick(["n", null]) })
      .where(lt(places.stock, random.below(9))),
  (db, random) =>
    db.updateMany(
      items,
      ids(random, 5).map((id) => ({
        id,
        stock: random.below(9),
        ...(random.oneIn(2) && { data: new Uint8Array([random.below(9)]) }),
      })),
    ),
  (db, random) => db.delete(items).where(eq(items.id, random.below(24))),
  (db, random) =>
    db
      .delete(items)
      .innerJoin(places, eq(places.shelf, items.id))
      .where(eq(places.stock, random.below(9))),
  (db, random) =>
    db.insert(items).values(itemList(random)).returning({ name: items.name, id: items.id }),
  async (db, random) => {
    const update = db
      .update(items)
      .set({ stock: 8 })
      .where(lt(items.stock, random.below(9)));
    return sorted(toJson(await update.returning()));
  },
  async (db, random) => {
    const gone = db.delete(items).where(gte(items.id, 10 + random.below(14)));
    return sorted(await gone.returning({ twice: add(items.stock, items.stock) }));
  },
  (db, random) => db.delete(places).where(eq(places.shelf, random.below(24))),
];

/** What a write gave, or the code of its error. */
async function outcomeOf(work: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
}

async function play(db: Database, random: Random, rounds = ROUNDS): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (let round = 0; round < rounds; round++) {
    const write = random.pick(writes);
    if (!random.oneIn(4)) {
      outcomes.push(await outcomeOf(() => write(db, random)));
      continue;
    }
    const second = random.pick(writes);
    const isUndone = random.oneIn(2);
    const work = db.transaction(async (tx) => {
      // A savepoint, as on PostgreSQL what fails would end the transaction.
      outcomes.push(await outcomeOf(() => tx.transaction(async (inner) => write(inner, random))));
      outcomes.push(await outcomeOf(() => tx.transaction(async (inner) => second(inner, random))));
      if (isUndone) throw new RangeError("undone");
    });
    outcomes.push(await outcomeOf(() => work));
  }
  return outcomes;
}

const rowsOf = async (db: Database): Promise<unknown[]> => [
  ...toJson(await db.from(items).orderBy(items.id)),
  ...toJson(await db.from(places).orderBy(places.hall, places.shelf)),
];

/** The rows that the trail's entries make, one after the other. */
async function replay(db: Database): Promise<unknown[]> {
  const rows = new Map<string, AuditValues>();
  for (const { action, after, before, key, table: of } of await db.from(log).orderBy(log.id)) {
    const name = `${of} ${key}`;
    const now = rows.get(name);
    if (action === "insert") {
      expect(now, name).toBe(undefined);
      rows.set(name, after!);
      continue;
    }
    expect(now, name).toMatchObject(before!);
    if (action === "delete") rows.delete(name);
    else rows.set(name, { ...now, ...after });
  }
  return [...rows.values()];
}

const sorted = (rows: readonly unknown[]): unknown[] =>
  rows.toSorted((one, two) => (JSON.stringify(one) < JSON.stringify(two) ? -1 : 1));

/** Keys of JSON have no order. */
const plain = (rows: readonly unknown[]): unknown[] =>
  sorted(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row as object).toSorted(([one], [two]) => (one < two ? -1 : 1)),
      ),
    ),
  );

const ways = testServers().flatMap((server) => {
  const own = { name: server.name as string, server, driver: undefined as object | undefined };
  if (server.name !== "mariadb") return [own];
  return [own, { ...own, name: "MySQL in disguise", driver: disguised("8.4.3") }];
});

test.each(ways.map((way) => [way.name, way] as const))(
  "are the same as elsewhere on %s, and their trail makes the rows",
  async (_, { driver, server }) => {
    const watched = await createTestDatabase(server);
    const bare = await createTestDatabase(server);
    const watching = [items, places].map((of) =>
      hooks(of as typeof items, {
        beforeInsert: ({ rows }) => rows.map((row) => ({ ...row })),
        beforeUpdate: ({ updates }) => updates.map(({ set }) => ({ ...set })),
      }),
    );
    const own = await connect(watched.url, {
      driver,
      audit: { table: log, tables: [items, places] },
      hooks: watching,
    });
    const plainDb = await connect(bare.url, { driver });
    try {
      await createTables(own, schema);
      await createTables(plainDb, schema);
      const outcomes = await play(own, new Random(SEED));
      expect(outcomes).toEqual(await play(plainDb, new Random(SEED)));
      const rows = await rowsOf(own);
      expect(rows).toEqual(await rowsOf(plainDb));
      expect(plain(await replay(own))).toEqual(plain(rows));
      expect(await own.from(log).count()).toBeGreaterThan(ROUNDS);
    } finally {
      await own.close();
      await plainDb.close();
      await watched.drop();
      await bare.drop();
    }
  },
  TIMEOUT_MS,
);

/** What writers may be told when others are in their way. */
const INTERFERENCE = new Set([
  "E_DEADLOCK",
  "E_SERIALIZATION",
  "E_TIMEOUT",
  "E_UNIQUE_VIOLATION",
  "undone",
]);

test.each(ways.map((way) => [way.name, way] as const))(
  "on %s many writers at once leave a trail that makes the rows",
  async (_, { driver, server }) => {
    const database = await createTestDatabase(server);
    const db = await connect(database.url, {
      driver,
      audit: { table: log, tables: [items, places] },
    });
    try {
      await createTables(db, schema);
      const outcomes = await Promise.all(
        [1, 2, 3, 4].map((writer) => play(db, new Random(SEED + writer), ROUNDS / 4)),
      );
      const errors = outcomes.flat().filter((outcome) => typeof outcome === "string");
      expect(errors.filter((code) => !INTERFERENCE.has(code))).toEqual([]);
      expect(plain(await replay(db))).toEqual(plain(await rowsOf(db)));
    } finally {
      await db.close();
      await database.drop();
    }
  },
  TIMEOUT_MS,
);
