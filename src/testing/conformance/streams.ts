import { eq, gt, lt } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { createTables } from "../../migrate/create-tables.ts";
import { sql } from "../../query/sql.ts";
import { defineSchema } from "../../schema/schema.ts";
import { alias, table } from "../../schema/table.ts";
import { bigint, boolean, integer, text, timestamp } from "../../schema/types.ts";
import { failureOf, until as untilSo, type Kit } from "./kit.ts";

const events = table("events", {
  id: integer().primaryKey(),
  name: text(),
  at: timestamp(),
  big: bigint(),
  flag: boolean(),
});

const rowOf = (id: number) => ({
  id,
  name: id % 7 === 0 ? null : `event ${id}`,
  at: new Date(1_000 * id),
  big: 2n ** 60n + BigInt(id),
  flag: id % 2 === 0,
});

const COUNT = 2_345;
const rows = Array.from({ length: COUNT }, (_, at) => rowOf(at + 1));

async function collect<Row>(stream: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of stream) found.push(row);
  return found;
}

/** Reading rows bit by bit. */
export function streamCases({ alone, expect, group }: Kit): void {
  group("a stream", { events }, (test) => {
    test("gives the rows that the query gives", async ({ db }) => {
      await db.insert(events).values(rows);
      const query = db.from(events).orderBy(asc(events.id));
      const all = await query;
      expect(await collect(query.stream())).toEqual(all);
      for (const batch of [1, 7, COUNT - 1, COUNT, COUNT + 1])
        expect((await collect(query.limit(50).stream({ batch }))).length).toBe(50);
      for (const batch of [COUNT - 1, COUNT, COUNT + 1])
        expect((await collect(query.stream({ batch }))).length).toBe(COUNT);
      expect(await collect(query.where(lt(events.id, 0)).stream())).toEqual([]);
      const selected = db
        .select({ at: events.at, deep: { big: events.big }, n: sql<number>`${7} + 1` })
        .from(events)
        .where(gt(events.id, COUNT - 3))
        .orderBy(desc(events.id));
      expect(await collect(selected.stream({ batch: 2 }))).toEqual(await selected);
      // One that is iterated again reads again.
      const stream = query.stream();
      await db.delete(events).where(gt(events.id, 3));
      expect((await collect(stream)).length).toBe(3);
      expect((await collect(stream)).length).toBe(3);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("reads SQL by hand, and refuses what writes", async ({ db }) => {
      await db.insert(events).values(rows.slice(0, 30));
      const statement = sql<{
        id: number;
      }>`select id, name from ${events} where id > ${25} order by id`;
      const { rows: expected } = await db.execute(statement);
      expect(await collect(db.stream(statement, { batch: 2 }))).toEqual(expected);
      expect(await failureOf(collect(db.stream(sql`delete from ${events}`)))).toMatchObject({
        code: "E_READ_ONLY",
      });
      expect(await db.from(events).count()).toBe(30);
    });

    test("that is left frees its connection, and is not hindered by writes", async ({ db }) => {
      await db.insert(events).values(rows);
      const query = db.from(events).orderBy(asc(events.id));
      for (let round = 0; round < 20; round++) {
        for await (const row of query.stream({ batch: 10 })) if (row.id === 15) break;
        expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
      }
      const thrown = async (): Promise<void> => {
        for await (const row of query.stream()) throw new Error(`at ${row.id}`);
      };
      expect(await failureOf(thrown())).toMatchObject({ message: "at 1" });
      const unread = query.stream()[Symbol.asyncIterator]();
      await unread.return?.();
      const seen: number[] = [];
      for await (const { id } of query.stream({ batch: 100 })) {
        seen.push(id);
        if (id % 500 === 0) await db.update(events).set({ name: "late" }).where(gt(events.id, id));
        if (id === 50) await db.insert(events).values(rowOf(COUNT + 1));
        if (id === 1_000)
          await db.transaction(async (tx) => {
            await tx.delete(events).where(eq(events.id, COUNT));
          });
      }
      // As it was when the first rows were read.
      expect(seen).toEqual(rows.map(({ id }) => id));
      expect(await db.from(events).count()).toBe(COUNT);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("runs in a transaction, and sees what it has written", async ({ db }) => {
      await db.transaction(async (tx) => {
        await tx.insert(events).values(rows);
        const query = tx.from(events).orderBy(asc(events.id));
        expect((await collect(query.stream({ batch: 100 }))).length).toBe(COUNT);
        for await (const { id } of query.stream({ batch: 10 })) if (id === 15) break;
        await tx.delete(events).where(gt(events.id, 10));
        expect((await collect(query.stream({ batch: 3 }))).length).toBe(10);
        await tx.transaction(async (inner) => {
          for await (const { id } of inner.from(events).stream({ batch: 2 })) if (id === 3) break;
        });
      });
      expect(await db.from(events).count()).toBe(10);
    });

    test.needing(
      (can) => can.interleavedStreams,
      "lets other statements of its transaction run between its rows",
      async ({ db }) => {
        await db.insert(events).values(rows.slice(0, 100));
        await db.transaction(async (tx) => {
          const seen: number[] = [];
          const stream = tx.from(events).orderBy(asc(events.id)).stream({ batch: 10 });
          for await (const { id, name } of stream) {
            seen.push(id);
            expect((await tx.from(events).find(id))?.id).toBe(id > 95 ? undefined : id);
            if (id === 5) await tx.insert(events).values(rowOf(1_000));
            if (id < 60) await tx.update(events).set({ name: "late" }).where(gt(events.id, id));
            expect(name).toBe(rowOf(id).name);
            if (id === 90) await tx.delete(events).where(gt(events.id, 95));
            if (id === 20) await tx.transaction((inner) => collect(inner.from(events).stream()));
          }
          // Both of them see each row as it was at first.
          expect(seen.length).toBe(100);
        });
      },
    );

    test("that nobody ends is ended by its transaction", async ({ db }) => {
      await db.insert(events).values(rows);
      let left: AsyncIterator<unknown> | undefined;
      await db.transaction(async (tx) => {
        left = tx.from(events).stream({ batch: 2 })[Symbol.asyncIterator]();
        for (let at = 0; at < 4; at++) await left.next();
      });
      expect(await failureOf(() => left!.next())).toMatchObject({ code: "E_TRANSACTION_CLOSED" });
      const undone = db.transaction(async (tx) => {
        await tx.delete(events).all();
        await tx.insert(events).values(rows.slice(0, 10));
        await tx.from(events).stream({ batch: 2 })[Symbol.asyncIterator]().next();
        throw new Error("undone");
      });
      expect(await failureOf(undone)).toMatchObject({ message: "undone" });
      expect(await db.from(events).count()).toBe(COUNT);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("that is read when the database is closed is told so", () =>
      alone(async (db) => {
        await createTables(db, defineSchema({ events }));
        await db.insert(events).values(rows);
        const reading = db.from(events).stream({ batch: 2 })[Symbol.asyncIterator]();
        await reading.next();
        await db.close({ timeoutMs: 50 });
        const further = async (): Promise<void> => {
          while ((await reading.next()).done !== true);
        };
        // A reader of its own goes on to its end.
        const code = await further().then(
          () => "E_CLOSED",
          (error: unknown) => Reflect.get(Object(error), "code") as unknown,
        );
        expect(code).toBe("E_CLOSED");
      }));

    test("tells of errors as every query does", async ({ db }) => {
      await db.insert(events).values(rows.slice(0, 30));
      const missing = db.stream(sql`select * from nowhere`);
      expect(await failureOf(collect(missing))).toMatchObject({ code: "E_MISSING_TABLE" });
      for (const batch of [0, -1, 1.5, Number.NaN]) {
        expect(await failureOf(() => db.from(events).stream({ batch }))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
      const query = db.select({ big: sql<bigint>`sum(${events.big})`.as(integer()) }).from(events);
      expect(await failureOf(collect(query.stream()))).toMatchObject({
        code: Reflect.get(Object(await failureOf(query)), "code"),
      });
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("ends by a signal and after a time, also while nobody reads on", async ({ db }) => {
      await db.insert(events).values(rows);
      const query = db.from(events).orderBy(asc(events.id));
      const controller = new AbortController();
      const until = async (stream: AsyncIterable<{ id: number }>, last: number): Promise<void> => {
        for await (const { id } of stream) if (id === last) controller.abort();
      };
      const called = until(query.signal(controller.signal).stream({ batch: 10 }), 100);
      expect(await failureOf(called)).toMatchObject({ code: "E_CANCELLED" });
      const slowly = async (): Promise<void> => {
        for await (const { id } of query.timeout(100).stream({ batch: 10 }))
          if (id % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      expect(await failureOf(slowly())).toMatchObject({ code: "E_TIMEOUT" });
      const idle = query.timeout(2_500).stream({ batch: 10 })[Symbol.asyncIterator]();
      await idle.next();
      expect(db.stats().waiting).toBe(0);
      await new Promise((resolve) => setTimeout(resolve, 2_600));
      await untilSo(() => db.stats().leased === 0);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
      expect((await collect(query.timeout(60_000).stream())).length).toBe(COUNT);
      await db.transaction(async (tx) => {
        const inside = tx.from(events).orderBy(asc(events.id)).timeout(60_000);
        expect((await collect(inside.stream({ batch: 100 }))).length).toBe(COUNT);
      });
      // So that an embedded database has something to do between two rows.
      const other = alias(events, "other");
      const much = db.select({ id: other.id }).from(events).crossJoin(other);
      expect(await failureOf(much.timeout(100))).toMatchObject({ code: "E_TIMEOUT" });
      const soon = new AbortController();
      setTimeout(() => soon.abort(), 50);
      expect(await failureOf(much.signal(soon.signal))).toMatchObject({ code: "E_CANCELLED" });
      const gone = AbortSignal.abort();
      expect(await failureOf(collect(query.signal(gone).stream()))).toMatchObject({
        code: "E_CANCELLED",
      });
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });
  });
}
