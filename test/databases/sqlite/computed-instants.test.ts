// Computing with instants that a database of others keeps in its own way gives what it gives with Plinth's own.
import {
  connect,
  createTables,
  dateAdd,
  dateDiff,
  datePart,
  dateTrunc,
  defineSchema,
  eq,
  integer,
  table,
  timestamp,
  type DatePart,
  type DateSpan,
  type DateUnit,
} from "plinth";
import { expect, test } from "vitest";

const events = table("events", {
  id: integer().primaryKey(),
  at: timestamp(),
  seconds: timestamp({ storage: { sqlite: "seconds" } }),
  iso: timestamp({ storage: { sqlite: "iso" } }),
  text: timestamp({ storage: { sqlite: "sql" } }),
  plain: timestamp({ precision: 0, storage: { sqlite: "sql" } }),
  micro: timestamp({ mode: "string" }),
  isoMicro: timestamp({ mode: "string", storage: { sqlite: "iso" } }),
});
const { at, iso, isoMicro, micro, plain, seconds, text } = events;

const INSTANTS = [
  "2024-02-29T23:59:59.999Z",
  "2023-01-01T12:34:56.789Z",
  "1969-12-31T23:59:59.001Z",
  "1970-01-01T00:00:00.000Z",
  "0002-01-31T05:00:00.500Z",
  "2024-08-31T00:00:00.000Z",
];

const units: DateUnit[] = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];
const parts: DatePart[] = [
  "year",
  "quarter",
  "month",
  "day",
  "dayOfWeek",
  "hour",
  "minute",
  "second",
];
const spans: DateSpan[] = ["second", "minute", "hour", "day", "week"];

const rows = INSTANTS.map((instant, id) => {
  const own = new Date(instant);
  const exact = instant.replace("Z", "123Z");
  return {
    id,
    at: own,
    seconds: own,
    iso: own,
    text: own,
    plain: own,
    micro: exact,
    isoMicro: exact,
  };
});

function cut(instant: Date | null): Date {
  return new Date(Math.floor(instant!.getTime() / 1_000) * 1_000);
}

test("instants stored as seconds or as text compute as those in milliseconds", async () => {
  await using db = await connect("sqlite::memory:");
  await createTables(db, defineSchema({ events }));
  await db.insert(events).values(rows);
  const from = db.select({ at }).from(events).orderBy(events.id);
  expect(await from.list()).toEqual(INSTANTS.map((of) => new Date(of)));

  for (const part of parts) {
    const found = await db
      .select({
        at: datePart(part, at),
        others: {
          seconds: datePart(part, seconds),
          iso: datePart(part, iso),
          text: datePart(part, text),
          plain: datePart(part, plain),
          micro: datePart(part, micro),
          isoMicro: datePart(part, isoMicro),
        },
      })
      .from(events);
    for (const row of found)
      for (const other of Object.values(row.others)) expect(other, part).toBe(row.at);
  }

  for (const unit of units) {
    const found = await db
      .select({
        cut: {
          at: dateTrunc(unit, at),
          seconds: dateTrunc(unit, seconds),
          iso: dateTrunc(unit, iso),
          text: dateTrunc(unit, text),
          plain: dateTrunc(unit, plain),
        },
        moved: {
          at: dateAdd(at, 1, unit),
          iso: dateAdd(iso, 1, unit),
          text: dateAdd(text, 1, unit),
        },
        moved0: { seconds: dateAdd(seconds, -2, unit), plain: dateAdd(plain, -2, unit) },
        back: dateAdd(at, -2, unit),
        micro: dateTrunc(unit, micro),
        isoMicro: dateTrunc(unit, isoMicro),
        microMoved: dateAdd(micro, 1, unit),
        isoMicroMoved: dateAdd(isoMicro, 1, unit),
      })
      .from(events);
    for (const row of found) {
      for (const other of Object.values(row.cut)) expect(other, unit).toEqual(row.cut.at);
      for (const other of Object.values(row.moved)) expect(other, unit).toEqual(row.moved.at);
      for (const other of Object.values(row.moved0)) expect(other, unit).toEqual(cut(row.back));
      expect(row.isoMicro, unit).toBe(row.micro);
      expect(row.isoMicroMoved, unit).toBe(row.microMoved);
    }
    // What comes out is stored as the column is.
    for (const [key, column] of Object.entries({ at, seconds, iso, text, plain })) {
      const begun = dateTrunc(unit, column);
      await db.transaction(async (tx) => {
        await tx
          .update(events)
          .set({ [key]: begun })
          .all();
        expect(await tx.from(events).where(eq(column, begun)).count(), key).toBe(INSTANTS.length);
        const [first] = await tx.from(events).limit(1);
        const same = eq(column, first?.[key as "at"] ?? new Date(0));
        expect((await tx.from(events).where(same).count()) > 0, `${key} ${unit}`).toBe(true);
      });
    }
    await db.delete(events).all();
    await db.insert(events).values(rows);
  }

  for (const span of spans) {
    const origin = new Date("2000-01-01T00:00:00.500Z");
    const found = await db
      .select({
        at: dateDiff(span, at, origin),
        iso: dateDiff(span, iso, origin),
        text: dateDiff(span, text, origin),
        seconds: dateDiff(span, seconds, new Date(2_000)),
        plain: dateDiff(span, plain, new Date(2_000)),
        micro: dateDiff(span, micro, "2000-01-01T00:00:00.500001Z"),
        isoMicro: dateDiff(span, isoMicro, "2000-01-01T00:00:00.500001Z"),
      })
      .from(events);
    for (const row of found) {
      expect([row.iso, row.text], span).toEqual([row.at, row.at]);
      expect(row.plain, span).toBe(row.seconds);
      expect(row.isoMicro, span).toBe(row.micro);
    }
  }
});
