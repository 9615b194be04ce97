import { count, eq } from "../../query/expression.ts";
import {
  dateAdd,
  dateDiff,
  datePart,
  dateTrunc,
  type DateUnit,
} from "../../query/functions/instants.ts";
import { table } from "../../schema/table.ts";
import { date, integer, timestamp } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const events = table("events", {
  id: integer().primaryKey(),
  at: timestamp(),
  micro: timestamp({ mode: "string" }),
  second: timestamp({ precision: 0 }),
  day: date(),
});

const INSTANTS = [
  "2024-02-29T23:59:59.999Z",
  "2024-12-31T00:00:00.000Z",
  "2023-01-01T12:34:56.789Z",
  "1969-12-31T23:59:59.001Z",
  "1970-01-01T00:00:00.000Z",
  "0001-01-31T05:00:00.500Z",
  "9998-10-31T10:20:30.400Z",
  "2024-06-02T00:00:00.000Z",
  "2024-06-03T00:00:00.000Z",
];

function rowOf(iso: string, id: number) {
  const at = new Date(iso);
  const micro = iso.replace("Z", "123Z");
  const day = iso.slice(0, 10);
  return { id, at, micro, second: at, day };
}

/** The beginning of a unit, by JavaScript's own calendar. */
function begin(instant: Date, unit: DateUnit): Date {
  const result = new Date(instant);
  const steps: readonly DateUnit[] = ["second", "minute", "hour", "day", "month", "year"];
  const most = unit === "week" ? 3 : unit === "quarter" ? 4 : steps.indexOf(unit);
  result.setUTCMilliseconds(0);
  if (most > 0) result.setUTCSeconds(0);
  if (most > 1) result.setUTCMinutes(0);
  if (most > 2) result.setUTCHours(0);
  if (unit === "week") result.setUTCDate(result.getUTCDate() - ((result.getUTCDay() + 6) % 7));
  if (most > 3) result.setUTCDate(1);
  if (unit === "quarter") result.setUTCMonth(Math.floor(result.getUTCMonth() / 3) * 3);
  if (most > 4) result.setUTCMonth(0);
  return result;
}

/** So many units later, on the last day of a month that is too short. */
function move(instant: Date, amount: number, unit: DateUnit): Date {
  const result = new Date(instant);
  const months = { month: 1, quarter: 3, year: 12 }[unit as "month"];
  const seconds = { second: 1, minute: 60, hour: 3_600, day: 86_400, week: 604_800 }[unit as "day"];
  if (months === undefined) return new Date(instant.getTime() + amount * seconds * 1_000);
  const day = result.getUTCDate();
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + amount * months);
  const next = new Date(result);
  next.setUTCMonth(next.getUTCMonth() + 1);
  next.setUTCDate(0);
  result.setUTCDate(Math.min(day, next.getUTCDate()));
  return result;
}

function cut(instant: Date): Date {
  return new Date(Math.floor(instant.getTime() / 1_000) * 1_000);
}

const ofText = (instant: Date, fraction: string) =>
  instant.toISOString().replace(/\.\d+Z/, `.${fraction}Z`);

/** Computing with instants, whatever the database stores for them. */
export function instantCases({ expect, group }: Kit): void {
  const { at, micro, second, day } = events;
  const dates = { at, second };
  const texts = { micro };

  group("instants", { events }, (test) => {
    test("have parts, in UTC, of every storage", async ({ db }) => {
      await db.insert(events).values(INSTANTS.map(rowOf));
      const wanted = INSTANTS.map((instant) => {
        const of = new Date(instant);
        return {
          year: of.getUTCFullYear(),
          quarter: Math.floor(of.getUTCMonth() / 3) + 1,
          month: of.getUTCMonth() + 1,
          day: of.getUTCDate(),
          dayOfWeek: ((of.getUTCDay() + 6) % 7) + 1,
          hour: of.getUTCHours(),
          minute: of.getUTCMinutes(),
          second: of.getUTCSeconds(),
        };
      });
      for (const [key, column] of Object.entries({ ...dates, ...texts }) as [string, typeof at][]) {
        const rows = await db
          .select({
            year: datePart("year", column),
            quarter: datePart("quarter", column),
            month: datePart("month", column),
            day: datePart("day", column),
            dayOfWeek: datePart("dayOfWeek", column),
            hour: datePart("hour", column),
            minute: datePart("minute", column),
            second: datePart("second", column),
          })
          .from(events)
          .orderBy(events.id);
        expect(rows, key).toEqual(wanted);
      }
      const ofDay = await db
        .select({
          year: datePart("year", day),
          quarter: datePart("quarter", day),
          month: datePart("month", day),
          day: datePart("day", day),
          dayOfWeek: datePart("dayOfWeek", day),
        })
        .from(events)
        .orderBy(events.id);
      expect(ofDay).toEqual(
        wanted.map(({ year, quarter, month, day: ofMonth, dayOfWeek }) => {
          return { year, quarter, month, day: ofMonth, dayOfWeek };
        }),
      );
    });

    test("are cut to the beginning of a unit, and stay of their type", async ({ db }) => {
      // The first week begins in the year 1.
      const instants = INSTANTS.map((instant) => instant.replace("0001-01-31", "0002-02-28"));
      await db.insert(events).values(instants.map(rowOf));
      const units: DateUnit[] = [
        "second",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "quarter",
        "year",
      ];
      for (const unit of units) {
        const wanted = instants.map((instant) => begin(new Date(instant), unit));
        for (const [key, column] of Object.entries(dates)) {
          const cutTo = dateTrunc(unit, column);
          const found = await db.select({ x: cutTo }).from(events).orderBy(events.id).list();
          expect(found, `${key} ${unit}`).toEqual(wanted);
          // What comes out is stored as the column is, so that it compares with it.
          await db
            .update(events)
            .set({ [key]: cutTo })
            .all();
          expect(await db.from(events).where(eq(column, cutTo)).count(), `${key} ${unit}`).toBe(9);
          await db.delete(events).all();
          await db.insert(events).values(instants.map(rowOf));
          expect(await db.from(events).where(eq(cutTo, wanted[0]!)).count(), `${key} ${unit}`).toBe(
            wanted.filter((other) => other.getTime() === wanted[0]!.getTime()).length,
          );
        }
        for (const column of Object.values(texts)) {
          const found = db
            .select({ x: dateTrunc(unit, column) })
            .from(events)
            .orderBy(events.id);
          expect(await found.list(), unit).toEqual(
            wanted.map((instant) => ofText(instant, "000000")),
          );
        }
        if (["second", "minute", "hour"].includes(unit)) continue;
        const days = db
          .select({ x: dateTrunc(unit, day) })
          .from(events)
          .orderBy(events.id);
        expect(await days.list(), unit).toEqual(
          wanted.map((begun) => begun.toISOString().slice(0, 10)),
        );
      }
    });

    test("move by units, with the last day of a month that is too short", async ({ db }) => {
      const instants = [...INSTANTS, "2024-01-31T01:02:03.004Z", "2023-12-31T23:59:59.999Z"].filter(
        (instant) => !instant.startsWith("0001") && !instant.startsWith("9998"),
      );
      await db.insert(events).values(instants.map(rowOf));
      const moves: [number, DateUnit][] = [
        [1, "second"],
        [-90, "minute"],
        [25, "hour"],
        [-1, "day"],
        [2, "week"],
        [1, "month"],
        [-1, "month"],
        [13, "month"],
        [1, "quarter"],
        [-1, "year"],
        [0, "month"],
      ];
      for (const [amount, unit] of moves) {
        const wanted = instants.map((instant) => move(new Date(instant), amount, unit));
        for (const [key, column] of Object.entries(dates)) {
          const moved = db
            .select({ x: dateAdd(column, amount, unit) })
            .from(events)
            .orderBy(events.id);
          const exact = key === "second" ? wanted.map(cut) : wanted;
          expect(await moved.list(), `${key} ${amount} ${unit}`).toEqual(exact);
        }
        for (const column of Object.values(texts)) {
          const moved = db
            .select({ x: dateAdd(column, amount, unit) })
            .from(events)
            .orderBy(events.id);
          expect(await moved.list(), `${amount} ${unit}`).toEqual(
            wanted.map((instant) => instant.toISOString().replace("Z", "123Z")),
          );
        }
        if (["second", "minute", "hour"].includes(unit)) continue;
        const days = db
          .select({ x: dateAdd(day, amount, unit) })
          .from(events)
          .orderBy(events.id);
        expect(await days.list(), `day ${amount} ${unit}`).toEqual(
          wanted.map((instant) => instant.toISOString().slice(0, 10)),
        );
      }
    });

    test("differ by whole units, cut towards zero", async ({ db }) => {
      await db.insert(events).values(INSTANTS.map(rowOf));
      const origin = "2024-01-01T00:00:00.500Z";
      const ms = {
        second: 1_000,
        minute: 60_000,
        hour: 3_600_000,
        day: 86_400_000,
        week: 604_800_000,
      };
      for (const [unit, unitMs] of Object.entries(ms) as ["day", number][]) {
        const wanted = (from: string) =>
          INSTANTS.map(
            (instant) => Math.trunc((Date.parse(instant) - Date.parse(from)) / unitMs) + 0,
          );
        for (const column of [at]) {
          const diff = dateDiff(unit, column, new Date(origin));
          expect(await db.select({ x: diff }).from(events).orderBy(events.id).list(), unit).toEqual(
            wanted(origin),
          );
        }
        for (const column of [micro]) {
          const diff = dateDiff(unit, column, origin.replace("Z", "123Z"));
          expect(await db.select({ x: diff }).from(events).orderBy(events.id).list(), unit).toEqual(
            wanted(origin),
          );
        }
      }
      const days = await db
        .select({
          days: dateDiff("day", day, "2024-01-01"),
          weeks: dateDiff("week", day, "2024-01-01"),
          own: dateDiff("second", at, at),
        })
        .from(events)
        .orderBy(events.id);
      const dayCount = (instant: string) =>
        (Date.parse(`${instant.slice(0, 10)}T00:00:00Z`) - Date.UTC(2024, 0, 1)) / 86_400_000;
      expect(days).toEqual(
        INSTANTS.map((instant) => ({
          days: dayCount(instant),
          weeks: Math.trunc(dayCount(instant) / 7) + 0,
          own: 0,
        })),
      );
    });

    test("stay NULL, group rows, and refuse units that they don't have", async ({ db }) => {
      await db.insert(events).values([{ id: 1 }, rowOf(INSTANTS[0]!, 2), rowOf(INSTANTS[1]!, 3)]);
      const year = dateTrunc("year", at);
      const rows = await db
        .select({ year, part: datePart("year", day), rows: count() })
        .from(events)
        .groupBy(year, day)
        .orderBy(year, day);
      expect(rows).toEqual([
        { year: null, part: null, rows: 1 },
        { year: new Date("2024-01-01T00:00:00Z"), part: 2024, rows: 1 },
        { year: new Date("2024-01-01T00:00:00Z"), part: 2024, rows: 1 },
      ]);
      const wrong = [
        async () => datePart("hour", day),
        async () => datePart("era" as never, at),
        async () => dateTrunc("minute", day),
        async () => dateAdd(day, 1, "second"),
        async () => dateAdd(at, 0.5, "day"),
        async () => dateDiff("month" as never, at, at),
        async () => datePart("year", events.id as never),
      ];
      for (const make of wrong)
        expect(await failureOf(make)).toMatchObject({ code: "E_INVALID_VALUE" });
    });
  });
}
