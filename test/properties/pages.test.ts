import {
  add,
  asc,
  connect,
  createTables,
  defineSchema,
  desc,
  eq,
  gte,
  inArray,
  lower,
  type Database,
  type NewRowOf,
  type OrderTerm,
} from "plinth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../servers/databases.ts";
import { Random } from "./random.ts";
import { people, rowsOf, SCOPES, tasks } from "./tables.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const ROUNDS = isLong ? 1_500 : 60;
const SEED = 20_261_121;
/** People from here on come and go, and change. */
const FLEETING = 1_000;

interface Opened {
  readonly name: string;
  readonly db: Database;
  readonly database: TestDatabase;
}

const opened: Opened[] = [];
const { people: settled, tasks: given } = rowsOf(new Random(SEED));

beforeAll(async () => {
  for (const server of testServers().filter(({ name }) => name !== "sqlite file")) {
    const database = await createTestDatabase(server);
    const db = (await connect(database.url)).without(...SCOPES);
    opened.push({ name: server.name, db, database });
    await createTables(db, defineSchema({ people, tasks }));
    await db.insert(people).values(settled);
    await db.insert(tasks).values(given);
  }
});

afterAll(async () => {
  for (const { db, database } of opened) {
    await db.close();
    await database.drop();
  }
});

function orderOf(random: Random): OrderTerm[] {
  const terms = [
    people.points,
    people.rank,
    people.steps,
    people.credit,
    people.name,
    people.code,
    people.isActive,
    people.isNew,
    people.seenAt,
    people.born,
    people.mood,
    people.handle,
    people.flags,
    lower(people.name),
    add(people.points, people.rank),
    people.id,
  ];
  return random.some(terms, random.below(4)).map((expression) => {
    const term = random.pick([asc, desc])(expression);
    if (!random.oneIn(4)) return term;
    return random.oneIn(2) ? term.nullsFirst() : term.nullsLast();
  });
}

function newcomer(random: Random, id: number): NewRowOf<typeof people> {
  return { ...random.pick(settled), id };
}

/** What others do between two pages: none of it moves the people who were there before. */
async function change(db: Database, random: Random): Promise<void> {
  for (let count = random.below(3); count > 0; count--) {
    const id = FLEETING + random.below(30);
    switch (random.below(4)) {
      case 0:
        await db.insert(people).values(newcomer(random, id)).onConflict(people.id).ignore();
        break;
      case 1:
        await db.delete(people).hard().where(eq(people.id, id));
        break;
      case 2: {
        const { id: _, ...values } = newcomer(random, id);
        await db.update(people).set(values).where(eq(people.id, id));
        break;
      }
      default: {
        const ids = random.some(settled, 5).map((row) => row.id);
        await db.update(people).set({ note: "changed" }).where(inArray(people.id, ids));
      }
    }
  }
}

/** A query, the order of its pages and their size: the same for one seed. */
function readOf(db: Database, seed: number) {
  const random = new Random(seed);
  const order = orderOf(random);
  const size = 1 + random.below(9);
  const on = random.oneIn(3) ? eq(tasks.personId, people.id) : eq(tasks.id, -1);
  const query = db.select({ id: people.id, task: tasks.id }).from(people).leftJoin(tasks, on);
  return { order, query, random, size };
}

interface Walk {
  readonly keys: readonly string[];
  readonly pages: number;
  readonly last: string | null;
}

/** The rows that one walk meets while others write; with a cursor the way back from it. */
async function walk({ db }: Opened, seed: number, before?: string): Promise<Walk> {
  const { order, query, random, size } = readOf(db, seed);
  const keys: string[] = [];
  const changes: Promise<void>[] = [];
  let pages = 0;
  let last: string | null = null;
  for await (const page of query.keyset(order, { size, before })) {
    const found = page.items.map(({ id, task }) => `${id} ${task}`);
    if (before === undefined) keys.push(...found);
    else keys.unshift(...found);
    // The next page is read while this is under way.
    changes.push(change(db, new Random(seed + ++pages)));
    if (random.oneIn(2)) await Promise.all(changes.splice(0));
    last = page.previousCursor;
  }
  await Promise.all(changes);
  return { keys, pages, last };
}

/** Those who were there throughout, in the order of the walk. */
function settledOf(keys: readonly string[]): string[] {
  return keys.filter((key) => Number.parseInt(key, 10) < FLEETING);
}

async function check(one: Opened, seed: number): Promise<number> {
  const title = `seed ${seed} on ${one.name}`;
  await one.db.delete(people).hard().where(gte(people.id, FLEETING));
  const { order, query, size } = readOf(one.db, seed);
  const by = order.at(-1)?.direction === "desc" ? desc : asc;
  const [first, ...others] = [...order, by(people.id), by(tasks.id)];
  const all = (await query.orderBy(first!, ...others)).map(({ id, task }) => `${id} ${task}`);

  const there = await walk(one, seed);
  expect(settledOf(there.keys), `${title}, there`).toEqual(all);
  if (there.last === null) return there.pages;
  const back = await walk(one, seed, there.last);
  const met = settledOf(back.keys);
  expect(met, `${title}, back`).toEqual(all.slice(0, met.length));
  // The way back begins before the last page.
  expect(met.length, `${title}, back`).toBeGreaterThanOrEqual(all.length - size);
  return there.pages + back.pages;
}

test(
  "a walk by cursors meets every row that is there throughout once, in its order, there and back",
  { timeout: 1_800_000 },
  async () => {
    let pages = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const counts = await Promise.all(opened.map((one) => check(one, SEED + round * 100)));
      pages += counts.reduce((sum, count) => sum + count, 0);
    }
    process.stdout.write(
      `${ROUNDS} walks of ${pages} pages on ${opened.map(({ name }) => name).join(", ")}\n`,
    );
    expect(pages).toBeGreaterThan(ROUNDS * 10);
  },
);
