// A program of its own, as Node has Temporal only behind a flag. The URL of an empty database is its parameter.
import assert from "node:assert/strict";
import {
  asc,
  connect,
  createTables,
  defineSchema,
  eq,
  gt,
  inArray,
  integer,
  max,
  table,
  timestamp,
} from "plinth";

const Temporal = (globalThis as unknown as { Temporal: { Instant: { from(text: string): never } } })
  .Temporal;
const at = (text: string): never => Temporal.Instant.from(text);

const storage = { sqlite: "sql", postgres: "milliseconds", mysql: "seconds" } as const;
const events = table("events", {
  id: integer().primaryKey(),
  at: timestamp({ mode: "temporal" }),
  second: timestamp({ mode: "temporal", precision: 0 }),
  stored: timestamp({ mode: "temporal", precision: 0, storage }),
  fixed: timestamp({ mode: "temporal" }).notNull().default(at("2001-02-03T04:05:06.123456789Z")),
  made: timestamp({ mode: "temporal" }).notNull().defaultNow(),
});

const text = (value: { toString(): string } | null): string | null =>
  value === null ? null : value.toString();

await using db = await connect(process.argv[2]!);
await createTables(db, defineSchema({ events }));
const fine = at("1969-12-31T23:59:59.123456789Z");
await db.insert(events).values([
  { id: 1, at: fine, second: fine, stored: fine },
  { id: 2, at: at("9999-12-31T23:59:59.999999Z") },
]);
const [first, second] = await db.from(events).orderBy(asc(events.at));
assert.equal(Object.prototype.toString.call(first!.at), "[object Temporal.Instant]");
assert.equal(text(first!.at), "1969-12-31T23:59:59.123456Z");
assert.equal(text(first!.second), "1969-12-31T23:59:59Z");
assert.equal(text(first!.stored), "1969-12-31T23:59:59Z");
assert.equal(text(first!.fixed), "2001-02-03T04:05:06.123456Z");
assert.ok(Math.abs(Date.parse(String(first!.made)) - Date.now()) < 5_000);
assert.equal(text(second!.at), "9999-12-31T23:59:59.999999Z");
assert.equal(second!.second, null);
assert.equal(await db.from(events).where(eq(events.at, fine)).count(), 1);
assert.equal(await db.from(events).where(gt(events.at, fine)).count(), 1);
assert.equal(
  await db
    .from(events)
    .where(inArray(events.stored, [fine]))
    .count(),
  1,
);
const [last] = await db.select({ last: max(events.at) }).from(events);
assert.equal(text(last!.last), "9999-12-31T23:59:59.999999Z");
const refused = (value: unknown): Promise<unknown> =>
  db
    .insert(events)
    .values({ id: 9, at: value as never })
    .then(
      () => "taken",
      (error: unknown) => (error as { code: string }).code,
    );
assert.equal(await refused(new Date()), "E_INVALID_VALUE");
assert.equal(await refused("2026-01-31T12:00:00Z"), "E_INVALID_VALUE");
assert.equal(await refused(at("+010000-01-01T00:00:00Z")), "E_OUT_OF_RANGE");
assert.equal(await refused(at("-000001-01-01T00:00:00Z")), "E_OUT_OF_RANGE");
console.log("done");
