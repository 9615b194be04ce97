// What every backend of a queue does, asked of it directly.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClaimedJob, QueueBackend } from "../../../src/services/queue/backend.ts";
import { job, until, type QueueKind, type QueuePlace } from "./kit.ts";

export function backendSuite(kind: QueueKind): void {
  // One after the other: who finds others' locks takes less than there is.
  describe("backend", { concurrent: false }, () => {
    let place: QueuePlace;
    let count = 0;
    const made: QueueBackend[] = [];
    beforeAll(async () => {
      place = await kind.open("backend");
    });
    afterAll(async () => {
      for (const backend of made) await backend.close();
      await place.close();
    });

    /** A queue of its own. */
    const fresh = async (keepDoneMs?: number): Promise<QueueBackend> => {
      const backend = place.backend({ name: `own ${kind.name} ${++count}`, keepDoneMs });
      made.push(backend);
      await backend.check();
      return backend;
    };
    const names = (claimed: readonly ClaimedJob[]): string[] => claimed.map(({ name }) => name);
    const done = ({ id, token }: ClaimedJob) => ({ id, token, kind: "done" }) as const;

    test("hands out what waits once, by priority, then by age", async () => {
      const backend = await fresh();
      await backend.add([
        job("a"),
        job("b"),
        job("c", { priority: 5 }),
        job("d", { priority: -5 }),
      ]);
      await backend.add([job("e")]);
      const all = ["a", "b", "c", "d", "e"];
      const first = await backend.claim(all, 2, 10_000);
      expect(names(first)).toEqual(["c", "a"]);
      expect(first[0]).toMatchObject({ attempt: 1, attempts: 3, priority: 5, payload: "{}" });
      expect(names(await backend.claim(all, 10, 10_000))).toEqual(["b", "e", "d"]);
      expect(await backend.claim(all, 10, 10_000)).toEqual([]);
      expect(await backend.counts()).toMatchObject({ active: 5, waiting: 0, dead: 0 });
    });

    test("hands out only jobs of the names that are asked for", async () => {
      const backend = await fresh();
      await backend.add([job("a"), job("b"), job("a"), job("c")]);
      expect(names(await backend.claim(["b", "c", "none"], 10, 10_000)).sort()).toEqual(["b", "c"]);
      expect(names(await backend.claim(["a"], 1, 10_000))).toEqual(["a"]);
    });

    test("many who claim at once never get the same", async () => {
      const backend = await fresh();
      const total = 300;
      for (let index = 0; index < 3; index++) {
        await backend.add(Array.from({ length: total / 3 }, () => job("a")));
      }
      const seen: string[] = [];
      const take = async (): Promise<void> => {
        for (;;) {
          const claimed = await backend.claim(["a"], 7, 60_000);
          if (claimed.length === 0) return;
          seen.push(...claimed.map(({ id }) => id));
          expect(await backend.settle(claimed.map(done))).toEqual(claimed.map(() => true));
        }
      };
      await Promise.all(Array.from({ length: 8 }, take));
      // Who finds others' locks on all that there is comes back later.
      await take();
      expect([seen.length, new Set(seen).size]).toEqual([total, total]);
      expect(await backend.counts()).toMatchObject({ active: 0, waiting: 0, done: 0 });
    });

    test("what is done is gone, or kept as long as was asked", async () => {
      const backend = await fresh();
      const keeping = await fresh(60_000);
      const forgetting = await fresh(50);
      for (const each of [backend, keeping, forgetting]) {
        const [added] = await each.add([job("a")]);
        const claimed = await each.claim(["a"], 1, 10_000);
        expect(await each.settle(claimed.map(done))).toEqual([true]);
        expect(await each.settle(claimed.map(done))).toEqual([false]);
        const record = await each.get(added!.id);
        if (each === backend) expect(record).toBeUndefined();
        if (each === keeping) {
          expect(record).toMatchObject({ state: "done", name: "a", attempt: 1 });
        }
      }
      await until(async () => {
        await forgetting.advance();
        return (await forgetting.counts()).done === 0;
      });
      await keeping.advance();
      expect(await keeping.list({ state: "done" }, 10)).toHaveLength(1);
    });

    test("a lease that is over lets the job be handed out again, and the first is refused", async () => {
      const backend = await fresh();
      await backend.add([job("a")]);
      const [late] = await backend.claim(["a"], 1, 60_000);
      expect(await backend.progress(late!, 40)).toBe(true);
      expect((await backend.advance()).released).toBe(0);
      expect(await backend.renew([late!], 50)).toEqual([true]);
      await until(async () => (await backend.advance()).released === 1);
      const [next] = await backend.claim(["a"], 1, 10_000);
      expect(next).toMatchObject({ id: late!.id, attempt: 2, progress: 40 });
      expect(next!.token).toBeGreaterThan(late!.token);

      const before = await backend.get(late!.id);
      expect(await backend.settle([done(late!)])).toEqual([false]);
      expect(await backend.settle([{ ...late!, kind: "dead", error: "x" }])).toEqual([false]);
      expect(await backend.settle([{ ...late!, kind: "release" }])).toEqual([false]);
      expect(await backend.renew([late!, next!], 10_000)).toEqual([false, true]);
      expect(await backend.progress(late!, 50)).toBe(false);
      const { atMs: _, ...rest } = before!;
      expect(await backend.get(late!.id)).toMatchObject(rest);
      expect(await backend.settle([done(late!), done(next!)])).toEqual([false, true]);
    });

    test("a lease that is renewed goes on", async () => {
      const backend = await fresh();
      await backend.add([job("a")]);
      const claimed = await backend.claim(["a"], 1, 2_500);
      expect(await backend.renew(claimed, 60_000)).toEqual([true]);
      await sleep(2_550);
      expect((await backend.advance()).released).toBe(0);
      expect(await backend.settle(claimed.map(done))).toEqual([true]);
    });

    test("a job that its workers don't survive dies after its attempts, three at least", async () => {
      const backend = await fresh();
      await backend.add([job("once", { attempts: 1 }), job("often", { attempts: 4 })]);
      const deliveries = { once: 0, often: 0 };
      let dead = 0;
      for (let round = 0; round < 5; round++) {
        const claimed = await backend.claim(["once", "often"], 10, 40);
        for (const { name } of claimed) deliveries[name as "once"]++;
        await sleep(60);
        dead += (await backend.advance()).dead;
      }
      expect([deliveries, dead]).toEqual([{ once: 3, often: 4 }, 2]);
      const records = await backend.list({ state: "dead" }, 10);
      expect(records.map(({ name }) => name).sort()).toEqual(["often", "once"]);
      expect(records.every(({ error }) => error?.includes("vanished"))).toBe(true);
    });

    test("what failed waits, is tried again, and dies when it is told to", async () => {
      const backend = await fresh();
      await backend.add([job("a"), job("late")]);
      const [late] = await backend.claim(["late"], 1, 10_000);
      const [first] = await backend.claim(["a"], 1, 10_000);
      const again = { kind: "retry", delayMs: 60_000, error: "Error: no" } as const;
      expect(await backend.settle([{ ...late!, ...again }])).toEqual([true]);
      expect(await backend.get(late!.id)).toMatchObject({ state: "delayed", error: "Error: no" });
      const { nextInMs } = await backend.advance();
      expect(nextInMs).toBeLessThanOrEqual(60_000);
      expect(await backend.claim(["late"], 1, 10_000)).toEqual([]);
      expect(await backend.settle([{ ...first!, ...again, delayMs: 50 }])).toEqual([true]);
      await until(async () => (await backend.advance()).released === 1);
      const [second] = await backend.claim(["a"], 1, 10_000);
      expect(second).toMatchObject({ attempt: 2 });
      expect(await backend.settle([{ ...second!, kind: "retry", delayMs: 0, error: "b" }])).toEqual(
        [true],
      );
      const [third] = await backend.claim(["a"], 1, 10_000);
      expect(await backend.settle([{ ...third!, kind: "dead", error: "c" }])).toEqual([true]);
      expect(await backend.get(first!.id)).toMatchObject({ state: "dead", attempt: 3, error: "c" });
    });

    test("what is given back counts no attempt, and its old delivery no more", async () => {
      const backend = await fresh();
      await backend.add([job("a", { attempts: 1 })]);
      const [first] = await backend.claim(["a"], 1, 10_000);
      expect(await backend.settle([{ ...first!, kind: "release" }])).toEqual([true]);
      const [second] = await backend.claim(["a"], 1, 10_000);
      expect(second).toMatchObject({ attempt: 1 });
      expect(second!.token).toBeGreaterThan(first!.token);
      expect(await backend.settle([done(first!), done(second!)])).toEqual([false, true]);
    });

    test("a delayed job comes when it is due, and the time until then is told", async () => {
      const backend = await fresh();
      const [late] = await backend.add([job("late", { delayMs: 60_000 })]);
      expect(await backend.get(late!.id)).toMatchObject({ state: "delayed" });
      const { nextInMs, released } = await backend.advance();
      expect(released).toBe(0);
      expect(nextInMs).toBeGreaterThan(0);
      expect(nextInMs).toBeLessThanOrEqual(60_000);
      expect(await backend.claim(["late"], 1, 10_000)).toEqual([]);
      await backend.add([job("a", { delayMs: 100 })]);
      await until(async () => (await backend.advance()).released === 1);
      expect(await backend.claim(["a"], 1, 10_000)).toHaveLength(1);
    });

    test("what nobody began in time is dropped and counted, with or without workers", async () => {
      const backend = await fresh();
      await backend.add([
        job("a", { ttlMs: 60 }),
        job("a", { ttlMs: 60, delayMs: 10_000 }),
        job("a", { ttlMs: 60_000 }),
      ]);
      await sleep(80);
      const claimed = await backend.claim(["a"], 10, 10_000);
      expect(claimed).toHaveLength(1);
      await backend.advance();
      expect(await backend.counts()).toMatchObject({
        expired: 2,
        waiting: 0,
        delayed: 0,
        active: 1,
      });
      // What was begun in time is let be.
      expect(await backend.settle(claimed.map(done))).toEqual([true]);
      expect(await backend.counts()).toMatchObject({ expired: 2 });
    });

    test("a key is one job's until that is done, of its name", async () => {
      const backend = await fresh();
      const unique = { key: "k: 1", forMs: 0 };
      const [first] = await backend.add([job("a", { unique })]);
      expect(first!.isNew).toBe(true);
      const refused = { id: first!.id, isNew: false };
      expect(await backend.add([job("a", { unique })])).toEqual([refused]);
      const both = await backend.add([job("a", { unique }), job("b", { unique }), job("a")]);
      expect(both.map(({ isNew }) => isNew)).toEqual([false, true, true]);
      const within = await backend.add([
        job("c", { unique }),
        job("c", { unique: { key: "K: 1", forMs: 0 } }),
        job("c", { unique }),
      ]);
      expect(within.map(({ isNew }) => isNew)).toEqual([true, true, false]);
      expect(within[2]!.id).toBe(within[0]!.id);

      const claimed = await backend.claim(["a"], 1, 10_000);
      expect(await backend.add([job("a", { unique })])).toEqual([refused]);
      await backend.settle(claimed.map(done));
      expect((await backend.add([job("a", { unique })]))[0]!.isNew).toBe(true);
    });

    test("what is too old keeps no key, whether or not it was swept", async () => {
      const backend = await fresh();
      const unique = { key: "k", forMs: 0 };
      await backend.add([job("a", { unique, ttlMs: 30 })]);
      await backend.add([job("b", { unique, ttlMs: 30, delayMs: 60_000 })]);
      await sleep(60);
      const added = await backend.add([job("a", { unique }), job("b", { unique })]);
      expect(added.map(({ isNew }) => isNew)).toEqual([true, true]);
      await backend.advance();
      expect(await backend.counts()).toMatchObject({ expired: 2, waiting: 2, delayed: 0 });
    });

    test("a dead job keeps nobody out, and can be tried again beside the next", async () => {
      const backend = await fresh();
      const unique = { key: "k", forMs: 60_000 };
      const [first] = await backend.add([job("a", { unique })]);
      const [claimed] = await backend.claim(["a"], 1, 10_000);
      await backend.settle([{ ...claimed!, kind: "dead", error: "no" }]);
      expect((await backend.add([job("a", { unique })]))[0]!.isNew).toBe(true);
      expect(await backend.retry({}, [first!.id])).toBe(1);
      expect(await backend.claim(["a"], 10, 10_000)).toHaveLength(2);
    });

    test("a dead job isn't too old any more, however long it waits to be tried again", async () => {
      const backend = await fresh();
      const [one, other] = await backend.add([
        job("a", { ttlMs: 3_000 }),
        job("b", { ttlMs: 600_000, attempts: 1 }),
      ]);
      const [claimed] = await backend.claim(["a"], 1, 10_000);
      await backend.settle([{ ...claimed!, kind: "dead", error: "no" }]);
      await until(async () => {
        await backend.claim(["b"], 1, 20);
        return (await backend.advance()).dead === 1;
      });
      for (const { id } of [one!, other!]) {
        expect(await backend.get(id)).toMatchObject({ state: "dead", expiresAtMs: undefined });
      }
      await sleep(3_000);
      expect(await backend.retry({})).toBe(2);
      await backend.advance();
      expect(names(await backend.claim(["a", "b"], 10, 10_000)).sort()).toEqual(["a", "b"]);
      expect(await backend.counts()).toMatchObject({ expired: 0, waiting: 0 });
    });

    test("a key that is kept for a time outlives its job", async () => {
      const backend = await fresh();
      const unique = { key: "k", forMs: 60_000 };
      const short = { key: "short", forMs: 50 };
      const [first] = await backend.add([job("a", { unique }), job("a", { unique: short })]);
      await backend.settle((await backend.claim(["a"], 2, 10_000)).map(done));
      expect(await backend.add([job("a", { unique })])).toEqual([{ id: first!.id, isNew: false }]);
      await sleep(80);
      expect((await backend.add([job("a", { unique: short })]))[0]!.isNew).toBe(true);
    });

    test("of many who add one key at once one adds it", async () => {
      const backend = await fresh();
      const unique = { key: "k", forMs: 0 };
      const added = await Promise.all(
        Array.from({ length: 20 }, () => backend.add([job("a", { unique })])),
      );
      expect(added.flat().filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(added.flat().map(({ id }) => id)).size).toBe(1);
      expect(await backend.counts()).toMatchObject({ waiting: 1 });
    });

    test("nothing is handed out while it is paused", async () => {
      const backend = await fresh();
      const other = await fresh();
      await backend.setPaused(true);
      await backend.setPaused(true);
      for (const each of [backend, other]) await each.add([job("a")]);
      expect(await backend.claim(["a"], 1, 10_000)).toEqual([]);
      expect(await other.claim(["a"], 1, 10_000)).toHaveLength(1);
      expect(await backend.counts()).toMatchObject({ isPaused: true, waiting: 1 });
      await backend.setPaused(false);
      expect(await backend.claim(["a"], 1, 10_000)).toHaveLength(1);
      expect(await backend.counts()).toMatchObject({ isPaused: false });
    });

    test("dead jobs are listed, tried again and purged", async () => {
      const backend = await fresh();
      await backend.add([job("a"), job("a"), job("b"), job("b"), job("b")]);
      for (const claimed of await backend.claim(["a", "b"], 10, 10_000)) {
        await backend.settle([{ ...claimed, kind: "dead", error: "no" }]);
      }
      const list = await backend.list({ state: "dead", name: "b" }, 2);
      expect(list.map(({ name }) => name)).toEqual(["b", "b"]);
      expect(await backend.list({ state: "dead" }, 100)).toHaveLength(5);
      const [one] = list;
      expect(await backend.retry({ name: "a" }, [one!.id])).toBe(0);
      expect(await backend.retry({}, [one!.id, "019a0000-0000-7000-9000-000000000000"])).toBe(1);
      expect(await backend.get(one!.id)).toMatchObject({ state: "waiting", attempt: 0 });
      expect(await backend.purge({ state: "dead", name: "b" }, 60_000)).toBe(0);
      expect(await backend.purge({ state: "dead", name: "b" }, 0)).toBe(2);
      expect(await backend.retry({})).toBe(2);
      expect(await backend.counts()).toMatchObject({ dead: 0, waiting: 3 });
      expect(await backend.purge({ state: "waiting" }, 99 * 366 * 86_400_000)).toBe(0);
      expect(await backend.purge({ state: "waiting" }, 60_000)).toBe(0);
      expect(await backend.purge({ state: "waiting" }, 0, [one!.id])).toBe(1);
      expect(await backend.claim(["a", "b"], 10, 10_000)).toHaveLength(2);
    });

    test("what is purged frees its key", async () => {
      const backend = await fresh();
      const unique = { key: "k", forMs: 0 };
      await backend.add([job("a", { unique, delayMs: 60_000 })]);
      expect(await backend.purge({ state: "delayed" }, 0)).toBe(1);
      expect((await backend.add([job("a", { unique })]))[0]!.isNew).toBe(true);
    });

    test("a tick adds one job, whoever sees to it", async () => {
      const backend = await fresh();
      const begunMs = await backend.schedule("s");
      expect(Math.abs(begunMs - (await backend.nowMs()))).toBeLessThan(5_000);
      expect(await backend.schedule("s")).toBe(begunMs);
      const tickMs = begunMs + 1_000;
      const ticks = await Promise.all(
        Array.from({ length: 10 }, () => backend.tick("s", tickMs, tickMs, job("a"))),
      );
      expect(ticks.filter(Boolean)).toHaveLength(1);
      expect(await backend.tick("s", tickMs - 500, tickMs, job("a"))).toBe(false);
      expect(await backend.tick("s", tickMs + 1, tickMs + 5_000, job("a"))).toBe(true);
      expect(await backend.tick("s", tickMs + 5_000, tickMs + 5_000, job("a"))).toBe(false);
      expect(await backend.schedule("s")).toBe(tickMs + 5_000);
      expect(await backend.counts()).toMatchObject({ waiting: 2 });
      // One that was deleted with all else isn't settled.
      expect(await backend.tick("gone", tickMs, tickMs, job("a"))).toBe(true);
      expect(await backend.tick("gone", tickMs, tickMs, job("a"))).toBe(false);
    });

    test("those who listen hear of jobs", async () => {
      const backend = await fresh();
      let heard = 0;
      const end = await backend.listen((delayMs) => void (heard += delayMs === 0 ? 1 : 0));
      await backend.add([job("a")]);
      if (backend.poll.maxMs > 500) await until(() => heard > 0);
      await end();
    });

    test("hostile names and texts stay what they are", async () => {
      const texts = [
        "'; drop table x; --",
        "a:b",
        "{a}",
        "*",
        "__proto__",
        "ü\u0308 🌍",
        "A",
        "a",
        "a ",
        "~",
      ];
      const backend = await fresh();
      const payload = JSON.stringify({ texts, "\u0000": "\ud800" });
      for (const text of texts) {
        await backend.add([job(text, { payload, unique: { key: text, forMs: 0 } })]);
      }
      const listed = await backend.list({ state: "waiting" }, 100);
      expect(listed.map(({ name }) => name).sort()).toEqual(texts.toSorted());
      for (const text of texts) {
        const claimed = await backend.claim([text], 10, 10_000);
        expect(names(claimed)).toEqual([text]);
        expect(claimed[0]!.payload).toBe(payload);
        await backend.settle([{ ...claimed[0]!, kind: "dead", error: text }]);
        expect((await backend.get(claimed[0]!.id))!.error).toBe(text);
      }
      for (const text of texts) {
        const own = place.backend({ name: `hostile ${text}` });
        made.push(own);
        await own.add([job("x")]);
        expect(await own.counts()).toMatchObject({ waiting: 1 });
      }
      for (const id of ["", "none", "'", "x".repeat(1_000)]) {
        expect(await backend.get(id)).toBeUndefined();
        expect(await backend.settle([{ id, token: 1, kind: "done" }])).toEqual([false]);
      }
    });
  });
}
