// Whatever was written, in whichever way: what a row cache gives is what the database gives.
import {
  add,
  and,
  connect,
  count,
  createTables,
  defineSchema,
  eq,
  gte,
  hooks,
  inArray,
  inserted,
  integer,
  lt,
  softDelete,
  table,
  varchar,
  type Database,
  type Executor,
} from "plinth";
import { createOutbox, createRowCache, outboxTables, type RowCache } from "plinth/outbox";
import { createCache, openStore } from "plinth/services";
import { expect, test } from "vitest";
import { disguised } from "../databases/mysql/connected.ts";
import { report } from "../faults/behind-proxy.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { Random } from "./random.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const SCHEMAS = isLong ? 20 : 3;
const ROUNDS = isLong ? 200 : 50;
const SEED = 20_261_121;
const TIMEOUT_MS = 900_000;
const IDS = [0, 1, 2, 3, 4, 5];

const columns = {
  id: integer().primaryKey(),
  code: varchar({ length: 10 }).notNull().unique(),
  n: integer().notNull().default(0),
  /** To another table's or its own. */
  parent: integer(),
  parentCode: varchar({ length: 10 }),
};

const soft = () => table("shape", { ...columns, ...softDelete() });
/** All tables have its columns; some have soft deletion, too. */
type Item = ReturnType<typeof soft>;

function tablesOf(random: Random): Item[] {
  const tables: Item[] = [];
  const size = 2 + random.below(3);
  for (let at = 0; at < size; at++) {
    const onDelete = random.pick(["cascade", "set null", "no action"] as const);
    const onUpdate = random.pick(["cascade", "set null", "no action"] as const);
    const codeRule = { onDelete: random.pick([onDelete, "cascade"] as const), onUpdate } as const;
    const other = at === 0 ? undefined : random.pick(tables);
    const another = at === 0 ? undefined : random.pick(tables);
    const isOfItself = other === undefined || random.oneIn(4);
    const made = {
      ...columns,
      parent: isOfItself
        ? integer().references((): never => tables[at]!.id as never, {
            onDelete: onDelete === "no action" ? "cascade" : onDelete,
          })
        : integer().references(() => other.id, { onDelete, onUpdate }),
      parentCode:
        another === undefined
          ? varchar({ length: 10 })
          : varchar({ length: 10 }).references(() => another.code, codeRule),
      ...(random.oneIn(3) && softDelete()),
    };
    tables.push(table(`cached_${at}`, made) as unknown as Item);
  }
  return tables;
}

const isSoft = (of: Item): boolean => "deletedAt" in of;

function rowOf(random: Random, id: number) {
  const parent = random.oneIn(3) ? random.below(6) : null;
  const parentCode = random.oneIn(3) ? `c${random.below(6)}` : null;
  return {
    id,
    code: `c${random.oneIn(3) ? random.below(6) : id}`,
    n: random.below(9),
    parent,
    parentCode,
  };
}

const rowsOf = (random: Random, most: number) =>
  random.some(IDS, 1 + random.below(most)).map((id) => rowOf(random, id));

type Write = (db: Executor, of: Item, random: Random, other: Item) => PromiseLike<unknown>;

const insertWrites: readonly Write[] = [
  (db, of, random) => db.insert(of).values(rowOf(random, random.below(6))),
  (db, of, random) => db.insert(of).values(rowsOf(random, 4)),
  (db, of, random) => db.insert(of).values(rowsOf(random, 2)).returning(),
  (db, of, random) => db.insert(of).stream(rowsOf(random, 5)),
  (db, of, random) => db.insert(of).values(rowsOf(random, 5)).onConflict().ignore(),
  (db, of, random) => db.insert(of).values(rowsOf(random, 3)).onConflict(of.id).update(["n"]),
  (db, of, random) => db.insert(of).values(rowsOf(random, 3)).onConflict(of.code).update(["n"]),
  (db, of, random) =>
    db.insert(of).values(rowsOf(random, 1)).onConflict(of.code).update(["id", "n"]).returning(),
  (db, of, random) =>
    db
      .insert(of)
      .values(rowsOf(random, 3))
      .onConflict(of.id)
      .update({ n: add(of.n, inserted(of.n)) }, { where: lt(of.n, 5) }),
  (db, of, _random, other) =>
    db.insert(of).select(
      db
        .select({ id: add(other.id, 4), code: other.code, n: other.n })
        .from(other)
        .where(lt(other.id, 2)) as never,
    ),
];

const updateWrites: readonly Write[] = [
  (db, of, random) =>
    db
      .update(of)
      .set({ n: random.below(99) })
      .where(eq(of.id, random.below(6))),
  (db, of, random) =>
    db
      .update(of)
      .set({ n: random.below(99) })
      .where(and(gte(of.n, 3), eq(of.id, random.below(6)))),
  (db, of, random) =>
    db
      .update(of)
      .set({ n: random.below(99) })
      .where(inArray(of.id, random.some(IDS, 3))),
  (db, of, random) =>
    db
      .update(of)
      .set({ n: add(of.n, 1) })
      .where(lt(of.n, random.below(9))),
  (db, of) =>
    db
      .update(of)
      .set({ n: add(of.n, 1) })
      .all(),
  (db, of, random) =>
    db
      .update(of)
      .set({ n: 50 })
      .where(eq(of.code, `c${random.below(6)}`))
      .returning({ id: of.id }),
  (db, of, random) =>
    db
      .update(of)
      .set({ id: random.below(6) })
      .where(eq(of.id, random.below(6))),
  (db, of, random) =>
    db
      .update(of)
      .set({ code: `d${random.below(6)}` })
      .where(eq(of.id, random.below(6))),
  (db, of, random) =>
    db
      .update(of)
      .set(rowOf(random, random.below(6)))
      .where(eq(of.n, random.below(9))),
  (db, of, random, other) =>
    db
      .update(of)
      .set({ n: other.n })
      .innerJoin(other, eq(other.id, of.parent))
      .where(lt(of.id, random.below(6))),
  (db, of, random) =>
    db.updateMany(
      of,
      random.some(IDS, 3).map((id) => ({ id, n: random.below(9) })),
    ),
  (db, of, random) =>
    db.updateMany(
      of,
      random.some(IDS, 2).map((id) => ({ code: `c${id}`, n: random.below(9) })),
      { key: "code" },
    ),
];

const deleteWrites: readonly Write[] = [
  (db, of, random) => db.delete(of).where(eq(of.id, random.below(6))),
  (db, of, random) => db.delete(of).where(eq(of.n, random.below(9))),
  (db, of, random) =>
    db
      .delete(of)
      .where(inArray(of.id, random.some(IDS, 2)))
      .returning(),
  (db, of, random) =>
    db
      .delete(of)
      .hard()
      .where(eq(of.id, random.below(6))),
  (db, of, random, other) =>
    db
      .delete(of)
      .innerJoin(other, eq(other.id, of.parent))
      .where(lt(other.n, random.below(9))),
  (db, of, random) =>
    isSoft(of) ? db.restore(of).where(lt(of.id, random.below(6))) : Promise.resolve(),
  async (db, of) =>
    isSoft(of) ? db.purge(of, { olderThan: new Date(Date.now() + 60_000) }) : undefined,
];

const kinds = [insertWrites, insertWrites, updateWrites, deleteWrites];

/** Rows that point at others, so that foreign keys have something to do; some come anew in the course of it. */
async function fill(db: Executor, tables: readonly Item[], random: Random): Promise<void> {
  for (const of of tables) {
    for (const id of IDS) {
      const row = {
        ...rowOf(random, id),
        code: `c${id}`,
        parent: random.pick([id, 0, 1]),
        parentCode: `c${id}`,
      };
      const isThere = await attempt(() => db.insert(of).values(row));
      if (!isThere)
        await attempt(() => db.insert(of).values({ ...row, parent: null, parentCode: null }));
    }
  }
}

/** What fails leaves the rows as they were: a key that is taken, a foreign key. */
async function attempt(work: () => PromiseLike<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}

async function writeOnce(db: Executor, tables: readonly Item[], random: Random): Promise<boolean> {
  const write = random.pick(random.pick(kinds));
  const [of, other] = [random.pick(tables), random.pick(tables)];
  return attempt(() => write(db, of, random, other));
}

async function write(db: Database, tables: readonly Item[], random: Random): Promise<boolean> {
  if (!random.oneIn(4)) return writeOnce(db, tables, random);
  const isUndone = random.oneIn(3);
  return attempt(() =>
    db.transaction(async (tx) => {
      for (let count = 1 + random.below(3); count > 0; count--) {
        const isInnerUndone = random.oneIn(3);
        await attempt(() =>
          tx.transaction(async (inner) => {
            // In PostgreSQL what fails ends the savepoint.
            if (!(await writeOnce(inner, tables, random)) || isInnerUndone) throw new Error("undo");
          }),
        );
      }
      if (isUndone) throw new Error("undo");
    }),
  );
}

/** The same reads, from the cache and by themselves. */
async function compare(db: Database, rows: RowCache, tables: readonly Item[]): Promise<number> {
  let compared = 0;
  const same = async (cached: PromiseLike<unknown>, plain: PromiseLike<unknown>): Promise<void> => {
    compared++;
    expect(await cached).toEqual(await plain);
  };
  for (const [at, of] of tables.entries()) {
    const other = tables[(at + 1) % tables.length]!;
    const found = await db.from(of).where(inArray(of.id, IDS));
    const byId = IDS.map((id) => found.find((row) => row.id === id));
    await same(rows.findMany(of, IDS), Promise.resolve(byId));
    await same(Promise.all(IDS.map((id) => rows.find(of, id))), Promise.resolve(byId));
    const low = db.from(of).where(lt(of.n, 5)).orderBy(of.id);
    await same(rows.cached(low), low);
    await same(rows.cached(low).count(), low.count());
    await same(rows.cached(low).first(), low.first());
    const joined = db
      .select({ id: of.id, code: other.code, n: other.n })
      .from(of)
      .leftJoin(other, eq(other.id, of.parent))
      .orderBy(of.id);
    await same(rows.cached(joined), joined);
    const codes = db.select({ code: of.parentCode }).from(of).where(gte(of.n, 2));
    const inside = db.select({ n: count() }).from(other).where(inArray(other.code, codes));
    await same(rows.cached(inside), inside);
  }
  return compared;
}

const ways = testServers()
  .filter(({ name }) => name !== "sqlite memory" && name !== "postgres 15")
  .flatMap((server) => {
    const own = { name: server.name as string, server, driver: undefined as object | undefined };
    if (server.name !== "mariadb") return [own];
    return [own, { ...own, name: "MySQL in disguise", driver: disguised("8.4.3") }];
  });

test.each(ways.map((way) => [way.name, way] as const))(
  "on %s nothing stale is read after whichever writes",
  async (_, { driver, server }) => {
    let compared = 0;
    let written = 0;
    for (let seed = 0; seed < SCHEMAS; seed++) {
      const random = new Random(SEED + seed);
      const tables = tablesOf(random);
      const named = Object.fromEntries(tables.map((of, at) => [`t${at}`, of]));
      const schema = defineSchema({ ...named, ...outboxTables });
      // Watched writes go ways of their own.
      const watching = hooks(tables[0]!, {
        afterUpdate: () => undefined,
        afterDelete: () => undefined,
      });
      const database = await createTestDatabase(server);
      const db: Database = await connect(database.url, {
        driver,
        schema,
        hooks: seed % 2 === 1 ? [watching] : [],
      });
      await createTables(db, schema);
      const isDurable = seed % 3 === 0;
      const outbox = isDurable ? createOutbox(db).start() : undefined;
      const store = await openStore("memory:");
      const rows = createRowCache(db, createCache(store, { namespace: "rows", ttlMs: 600_000 }), {
        durable: isDurable,
      });
      try {
        for (let round = 0; round < ROUNDS; round++) {
          if (round % 15 === 0) await fill(db, tables, random);
          if (round % 15 === 0) await compare(db, rows, tables);
          if (await write(db, tables, random)) written++;
          compared += await compare(db, rows, tables);
        }
        const { hits, loads } = rows.stats();
        expect(hits).toBeGreaterThan(0);
        expect(loads).toBeGreaterThan(0);
      } finally {
        await rows.close();
        await outbox?.close();
        await store.close();
        await db.close();
        await database.drop();
      }
    }
    report(`row caches: ${written} writes, 0 stale of ${compared} reads`);
    expect(written).toBeGreaterThan((SCHEMAS * ROUNDS) / 3);
  },
  TIMEOUT_MS,
);
