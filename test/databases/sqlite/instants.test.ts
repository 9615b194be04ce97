import {
  asc,
  between,
  connect,
  createTables,
  defineSchema,
  eq,
  gt,
  inArray,
  integer,
  lt,
  max,
  sql,
  table,
  timestamp,
  type Condition,
  type Database,
} from "plinth";
import { afterAll, beforeAll, expect, test } from "vitest";

// One column, three readings of it.
const storage = { sqlite: "sql" } as const;
const notes = table("notes", { id: integer().primaryKey(), at: timestamp({ storage }) });
const seconds = table("notes", {
  id: integer().primaryKey(),
  at: timestamp({ precision: 0, storage }),
});
const texts = table("notes", {
  id: integer().primaryKey(),
  at: timestamp({ mode: "string", storage }),
});

let db: Database;

beforeAll(async () => {
  db = await connect("sqlite::memory:");
  await db.execute(
    sql`create table notes (id integer primary key, at timestamp default current_timestamp)`,
  );
  await db.execute(
    sql`insert into notes values (1, '2026-01-31 12:00:00'), (4, '2026-01-31 12:00:01')`,
  );
  await db.insert(notes).values([
    { id: 2, at: new Date("2026-01-31T12:00:00.000Z") },
    { id: 3, at: new Date("2026-01-31T12:00:00.250Z") },
    { id: 5, at: new Date("2026-01-31T12:00:01.000Z") },
  ]);
});

afterAll(() => db.close());

const idsOf = (rows: readonly { id: number }[]): number[] => rows.map(({ id }) => id);

test("what CURRENT_TIMESTAMP wrote and what Plinth wrote are one form", async () => {
  const whole = new Date("2026-01-31T12:00:00Z");
  const rows = await db.from(notes).orderBy(asc(notes.at), asc(notes.id));
  expect(idsOf(rows)).toEqual([1, 2, 3, 4, 5]);
  expect(rows.map(({ at }) => at?.getTime())).toEqual(
    [0, 0, 250, 1000, 1000].map((ms) => whole.getTime() + ms),
  );
  const where = async (condition: Condition): Promise<number[]> =>
    idsOf(await db.from(notes).where(condition).orderBy(notes.id));
  expect(await where(eq(notes.at, whole))).toEqual([1, 2]);
  expect(await where(inArray(notes.at, [whole]))).toEqual([1, 2]);
  expect(await where(gt(notes.at, whole))).toEqual([3, 4, 5]);
  expect(await where(lt(notes.at, new Date("2026-01-31T12:00:00.250Z")))).toEqual([1, 2]);
  const second = new Date("2026-01-31T12:00:01Z");
  expect(await where(between(notes.at, new Date("2026-01-31T12:00:00.001Z"), second))).toEqual([
    3, 4, 5,
  ]);
  expect(await db.select({ last: max(notes.at) }).from(notes)).toEqual([{ last: second }]);
});

test("the other precisions and modes read and compare the same rows", async () => {
  expect(await db.from(texts).find(1)).toEqual({ id: 1, at: "2026-01-31T12:00:00.000000Z" });
  expect(await db.from(texts).find(3)).toEqual({ id: 3, at: "2026-01-31T12:00:00.250000Z" });
  expect(await db.from(texts).where(eq(texts.at, "2026-01-31T12:00:01.000000Z")).count()).toBe(2);
  const cut = new Date("2026-01-31T12:00:00.999Z");
  expect(await db.from(seconds).where(eq(seconds.at, cut)).count()).toBe(2);
});

test("defaults of the database are in that form, too", async () => {
  const made = table("made", {
    id: integer().primaryKey(),
    three: timestamp({ storage }).defaultNow(),
    none: timestamp({ precision: 0, storage }).defaultNow(),
    six: timestamp({ precision: 6, mode: "string", storage }).defaultNow(),
  });
  await createTables(db, defineSchema({ made }));
  await db.insert(made).values({ id: 1 });
  const [row] = await db.from(made);
  expect(Math.abs(row!.three!.getTime() - Date.now())).toBeLessThan(5_000);
  expect(row!.none!.getTime() % 1000).toBe(0);
  const { rows } = await db.execute<{ three: string; none: string; six: string }>(
    sql`select three, none, six from made`,
  );
  expect(rows[0]!.three).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.(?!000)\d{3})?$/);
  expect(rows[0]!.none).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(rows[0]!.six).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/);
});
