import { eq } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import type { Database } from "../../query/database.ts";
import { failureOf, outside, type Kit } from "./kit.ts";

const jobs = table("jobs", { id: integer().primaryKey(), name: text() });

const CANCELLED = { code: "E_CANCELLED" };
const TIMED_OUT = { code: "E_TIMEOUT" };

/** Counts for longer than any test takes, where it is not ended; servers only. */
const endless = sql<{ n: number }>`select count(*) as n from information_schema.columns a,
  information_schema.columns b, information_schema.columns c, information_schema.columns d`;

function abortIn(durationMs: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), durationMs);
  return controller.signal;
}

/** Runs `work` while a transaction holds job 1, and on SQLite the writer. */
async function whileHeld(db: Database, work: () => Promise<void>): Promise<void> {
  await db.insert(jobs).values([
    { id: 1, name: "held" },
    { id: 2, name: "free" },
  ]);
  await db.transaction(async (tx) => {
    await tx.update(jobs).set({ name: "held" }).where(eq(jobs.id, 1));
    await outside(work);
  });
}

/** Timeouts and signals. */
export function limitCases({ expect, group }: Kit): void {
  group("a limit", { jobs }, (test) => {
    test("ends a write that waits for another transaction, and it is not done later", async ({
      db,
    }) => {
      const rename = () => db.update(jobs).set({ name: "late" }).where(eq(jobs.id, 1));
      const startMs = performance.now();
      await whileHeld(db, async () => {
        expect(await failureOf(rename().timeout(30))).toMatchObject(TIMED_OUT);
        expect(await failureOf(rename().signal(abortIn(30)))).toMatchObject(CANCELLED);
        const both = rename().signal(abortIn(30)).timeout(60_000);
        expect(await failureOf(both)).toMatchObject(CANCELLED);
        const raw = sql`update ${jobs} set ${sql.raw("name")} = ${"late"} where ${jobs.id} = 1`;
        expect(await failureOf(db.execute(raw, { timeoutMs: 30 }))).toMatchObject(TIMED_OUT);
      });
      expect(performance.now() - startMs < 20_000).toBe(true);
      expect((await db.from(jobs).find(1))?.name).toBe("held");
      expect(await rename().timeout(5_000)).toEqual({ affectedRows: 1 });
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("ends all statements of one write together", async ({ db }) => {
      const many = Array.from({ length: 2_000 }, (_, at) => ({ id: at + 10, name: "many" }));
      await whileHeld(db, async () => {
        const clash = db.insert(jobs).values([...many, { id: 1, name: "clash" }]);
        expect(
          await failureOf(clash.onConflict(jobs.id).update(["name"]).timeout(500)),
        ).toMatchObject(TIMED_OUT);
      });
      expect(await db.from(jobs).count()).toBe(2);
      await db.insert(jobs).values(many).timeout(60_000);
      expect(await db.from(jobs).count()).toBe(2_002);
    });

    test("that is reached before anything is sent leaves everything as it is", async ({ db }) => {
      const signal = AbortSignal.abort(new Error("gone"));
      const uses = [
        () => db.insert(jobs).values({ id: 1 }).signal(signal),
        () => db.insert(jobs).values({ id: 1 }).signal(signal).returning(),
        () => db.insert(jobs).values({ id: 1 }).signal(signal).onConflict(jobs.id).ignore(),
        () => db.delete(jobs).all().signal(signal),
        () => db.execute(sql`insert into ${jobs} (id) values (1)`, { signal }),
        () => db.from(jobs).signal(signal),
        () => db.from(jobs).signal(signal).first(),
        () => db.from(jobs).signal(signal).count(),
        () => db.from(jobs).signal(signal).find(1),
      ];
      for (const use of uses) expect(await failureOf(use)).toMatchObject(CANCELLED);
      expect(await db.from(jobs)).toEqual([]);
      await db.transaction(async (tx) => {
        expect(await failureOf(tx.insert(jobs).values({ id: 1 }).signal(signal))).toMatchObject(
          CANCELLED,
        );
        // Nothing was sent, so the transaction is whole.
        await tx.insert(jobs).values({ id: 2 });
      });
      expect((await db.from(jobs)).map(({ id }) => id)).toEqual([2]);
    });

    test("that is not reached changes nothing", async ({ db }) => {
      const { signal } = new AbortController();
      const write = db.insert(jobs).values([{ id: 1, name: "a" }, { id: 2 }]);
      expect(await write.signal(signal).timeout(60_000).returning()).toEqual([
        { id: 1, name: "a" },
        { id: 2, name: null },
      ]);
      const read = db.from(jobs).orderBy(asc(jobs.id)).timeout(60_000).signal(signal);
      expect((await read).length).toBe(2);
      expect((await read.first())?.id).toBe(1);
      expect((await read.one()).id).toBe(1);
      expect(await read.count()).toBe(2);
      expect(await db.select({ id: jobs.id }).from(jobs).timeout(1e300).list()).toEqual([1, 2]);
      expect(read.toSql().text).toBe(db.from(jobs).orderBy(asc(jobs.id)).toSql().text);
      await db.transaction(async (tx) => {
        const all = await Promise.all([
          tx.from(jobs).find(1),
          tx.from(jobs).timeout(60_000).find(2),
          tx.update(jobs).set({ name: "b" }).where(eq(jobs.id, 2)).timeout(60_000),
          tx.from(jobs).where(eq(jobs.id, 2)).signal(signal),
        ]);
        expect(all).toEqual([
          { id: 1, name: "a" },
          { id: 2, name: null },
          { affectedRows: 1 },
          [{ id: 2, name: "b" }],
        ]);
      });
    });

    test("ends a statement that runs, and hits no other one", async ({ db, can }) => {
      if (can.isEmbedded) return;
      await db.insert(jobs).values({ id: 1, name: "a" });
      const startMs = performance.now();
      const others = async (): Promise<void> => {
        for (let at = 0; at < 50; at++) expect((await db.from(jobs).find(1))?.name).toBe("a");
      };
      const ended = [1, 20, 40, 60].flatMap((durationMs) => [
        failureOf(db.execute(endless, { timeoutMs: durationMs })),
        failureOf(db.execute(endless, { signal: abortIn(durationMs) })),
      ]);
      await Promise.all([...ended, ...Array.from({ length: 8 }, others)]);
      for (const [at, error] of (await Promise.all(ended)).entries())
        expect(error).toMatchObject(at % 2 === 0 ? TIMED_OUT : CANCELLED);
      expect(performance.now() - startMs < 20_000).toBe(true);
      await others();
    });

    test("inside a transaction ends its own statement only", async ({ db, can }) => {
      if (can.isEmbedded) return;
      const seen = await db.transaction(async (tx) => {
        await tx.insert(jobs).values({ id: 1, name: "a" });
        const failed = tx.transaction(async (inner) => {
          const before = inner.from(jobs).find(1);
          const ended = failureOf(inner.execute(endless, { timeoutMs: 30 }));
          // Sent behind the one that fails, as all on its connection.
          const after = inner.from(jobs).find(1);
          expect((await before)?.name).toBe("a");
          expect(await ended).toMatchObject(TIMED_OUT);
          await Promise.resolve(after).catch(() => {});
          throw new Error("back");
        });
        expect(await failureOf(failed)).toMatchObject({ message: "back" });
        await tx.insert(jobs).values({ id: 2, name: "b" });
        return tx.from(jobs).count();
      });
      expect(seen).toBe(2);
      expect(await db.from(jobs).count()).toBe(2);
    });

    test("is refused where it is none", async ({ db }) => {
      for (const timeoutMs of [0, -1, Number.NaN, "5" as unknown as number]) {
        expect(await failureOf(() => db.from(jobs).timeout(timeoutMs))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      }
      const signal = { aborted: false } as AbortSignal;
      expect(await failureOf(() => db.delete(jobs).all().signal(signal))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });
  });
}
