import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const marks = table("marks", { id: integer().primaryKey() });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Locks by name. */
export function lockCases({ expect, group }: Kit): void {
  group("a lock by name", { marks }, (test) => {
    test("lets one work run at a time, and gives what it gave", async ({ db }) => {
      let inside = 0;
      let most = 0;
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, id) =>
          db.withLock("bill; drop 'x'", async () => {
            most = Math.max(most, ++inside);
            await db.transaction((tx) => tx.insert(marks).values({ id }));
            await pause(1);
            inside--;
            return id;
          }),
        ),
      );
      expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect([most, await db.from(marks).count()]).toEqual([1, 8]);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("is of its name alone", async ({ db }) => {
      const names = ["a", "A", "b", "é", "ä", "x".repeat(200)];
      const takeAll = ([name, ...others]: readonly string[]): Promise<number> =>
        name === undefined
          ? db.from(marks).count()
          : db.withLock(name, () => takeAll(others), { timeoutMs: 30_000 });
      expect(await takeAll(names)).toBe(0);
    });

    test("that is held too long is told, and the work of the second is not run", async ({ db }) => {
      let isRun = false;
      const second = (): Promise<unknown> =>
        db.withLock(
          "held",
          async () => {
            isRun = true;
          },
          { timeoutMs: 60 },
        );
      await db.withLock("held", async () => {
        expect(await failureOf(second())).toMatchObject({ code: "E_TIMEOUT" });
        const signal = AbortSignal.timeout(20);
        const third = db.withLock("held", async () => {}, { signal });
        expect(await failureOf(third)).toMatchObject({ code: "E_CANCELLED" });
      });
      expect(isRun).toBe(false);
      await second();
      expect(isRun).toBe(true);
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    });

    test("is free again when its work fails, with the work's own error", async ({ db }) => {
      const stop = new Error("stop");
      const failed = db.withLock("failing", () => Promise.reject(stop));
      expect((await failureOf(failed)) === stop).toBe(true);
      expect(await db.withLock("failing", async () => 1, { timeoutMs: 30_000 })).toBe(1);
      for (const name of ["", undefined as unknown as string]) {
        const refused = db.withLock(name, async () => {});
        expect(await failureOf(refused)).toMatchObject({ code: "E_INVALID_VALUE" });
      }
    });
  });
}
