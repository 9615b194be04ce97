// What every queue does, by its public face.
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import { LeaseLostError } from "plinth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Job, Queue, QueueEvent, QueueOptions } from "../../../src/services/queue/queue.ts";
import { until, type QueueKind, type QueuePlace } from "./kit.ts";

interface Jobs {
  add: { a: number; b: number };
  fail: { times: number };
  slow: { ms: number };
  tick: null;
}

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;

export function workSuite(kind: QueueKind): void {
  // They mostly wait, each on a queue of its own.
  describe("work", { concurrent: true }, () => {
    let place: QueuePlace;
    let count = 0;
    const made: Queue<Jobs>[] = [];
    beforeAll(async () => {
      place = await kind.open("work");
    });
    afterAll(async () => {
      await Promise.all(made.map((queue) => queue.close({ timeoutMs: 100 })));
      await place.close();
    });

    const fresh = (options: QueueOptions = {}): Queue<Jobs> => {
      const queue = place.queue<Jobs>({ name: `own ${kind.name} ${++count}`, ...options });
      made.push(queue);
      return queue;
    };

    test("a job that is added is done, with its payload", async () => {
      const queue = fresh();
      const sums: number[] = [];
      await using _worker = await queue.work("add", ({ a, b }, job) => {
        sums.push(a + b);
        expect(job).toMatchObject({ name: "add", attempt: 1, attempts: 5 });
        expect(Math.abs(job.addedAt.getTime() - Date.now())).toBeLessThan(10_000);
      });
      const added = await queue.add("add", { a: 1, b: 2 });
      expect(added).toMatchObject({ isNew: true });
      await until(() => sums.length === 1);
      await queue.addMany([
        { name: "add", payload: { a: 2, b: 3 } },
        { name: "add", payload: { a: 4, b: 5 }, priority: 3 },
      ]);
      await until(() => sums.length === 3);
      expect(sums.sort((one, two) => one - two)).toEqual([3, 5, 9]);
      await until(async () => (await queue.counts()).active === 0);
      expect(await queue.get(added.id)).toBeUndefined();
    });

    test("a worker is woken at once", async () => {
      const queue = fresh();
      let doneMs = 0;
      await using _worker = await queue.work("tick", () => void (doneMs = performance.now()));
      await sleep(400);
      const startMs = performance.now();
      await queue.add("tick", null);
      await until(() => doneMs > 0);
      // Beside other tests the machine itself may be late.
      expect(doneMs - startMs).toBeLessThan(isLong ? 300 : 10_000);
    });

    test("as many run at once as it was told, each once", async () => {
      const queue = fresh();
      const runs = new Map<string, number>();
      let [inside, most] = [0, 0];
      await queue.addMany(
        Array.from({ length: 200 }, () => ({ name: "tick", payload: null }) as const),
      );
      const handle = async (_: null, { id }: Job): Promise<void> => {
        runs.set(id, (runs.get(id) ?? 0) + 1);
        most = Math.max(most, ++inside);
        await sleep(2);
        inside--;
      };
      await using _worker = await queue.work({ tick: handle }, { concurrency: 10 });
      await until(() => runs.size === 200);
      expect([most, [...runs.values()].every((times) => times === 1)]).toEqual([10, true]);
    });

    test("what fails is tried again later, and is dead after its attempts", async () => {
      const queue = fresh({ defaults: { backoff: { baseMs: 20, maxMs: 40 } } });
      const attempts: number[] = [];
      await using _worker = await queue.work("fail", ({ times }, { attempt }) => {
        attempts.push(attempt);
        if (attempt <= times) throw new RangeError("not\0 yet");
      });
      const { id } = await queue.add("fail", { times: 2 });
      await until(() => attempts.length === 3);
      expect(attempts).toEqual([1, 2, 3]);
      const { id: hopeless } = await queue.add("fail", { times: 99 }, { attempts: 2 });
      await until(async () => (await queue.dead()).length === 1);
      const [dead] = await queue.dead({ name: "fail" });
      expect(dead).toMatchObject({
        id: hopeless,
        name: "fail",
        payload: { times: 99 },
        attempt: 2,
        error: "RangeError: not yet",
        state: "dead",
      });
      expect(await queue.get(id)).toBeUndefined();
      expect(await queue.retry({ id: hopeless })).toBe(1);
      await until(async () => (await queue.dead()).length === 1 && attempts.length === 7);
      expect(await queue.purge({ id: hopeless })).toBe(1);
      expect(await queue.dead()).toEqual([]);
    });

    test("whatever is thrown, a job fails, and its worker goes on", async () => {
      const queue = fresh({ defaults: { attempts: 1 } });
      const nasty = { toString: () => expect.fail("not to be a text") };
      const thrown: unknown[] = [Object.create(null), undefined, Symbol("x"), nasty, [null]];
      await using _worker = await queue.work("fail", ({ times }) => {
        throw thrown[times];
      });
      await queue.addMany(thrown.map((_, times) => ({ name: "fail", payload: { times } })));
      await until(async () => (await queue.dead()).length === thrown.length);
      const errors = (await queue.dead()).map(({ error }) => error!);
      expect(errors.filter((error) => error.includes("has no text"))).toHaveLength(3);
    });

    test("handlers know nothing of who began the work, nor of one another", async () => {
      const queue = fresh();
      const request = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      const worker = await request.run("request", () =>
        queue.work(
          "slow",
          async ({ ms }) => {
            seen.push(request.getStore());
            request.enterWith(`job ${ms}`);
            await sleep(ms);
          },
          { concurrency: 2 },
        ),
      );
      await queue.addMany([1, 2, 3, 4].map((ms) => ({ name: "slow", payload: { ms } }) as const));
      await until(() => seen.length === 4);
      await worker.stop();
      expect(seen).toEqual([undefined, undefined, undefined, undefined]);
    });

    test("what has no hope is dead at once", async () => {
      const queue = fresh();
      await using _worker = await queue.work("fail", (_payload, job) => {
        job.giveUp();
        throw new Error("never");
      });
      await queue.add("fail", { times: 1 });
      await until(async () => (await queue.dead()).length === 1);
      expect((await queue.dead())[0]).toMatchObject({ attempt: 1, attempts: 5 });
    });

    test("a delayed job runs when it is due", async () => {
      const queue = fresh();
      let doneMs = 0;
      await using _worker = await queue.work("tick", () => void (doneMs = performance.now()));
      await sleep(50);
      const startMs = performance.now();
      await queue.add("tick", null, { delayMs: 200 });
      await until(() => doneMs > 0);
      expect(doneMs - startMs).toBeGreaterThan(190);
      expect(doneMs - startMs).toBeLessThan(10_000);
      await queue.add("tick", null, { runAt: new Date(Date.now() + 3_600_000) });
      await queue.add("tick", null, { runAt: new Date(0) });
      await until(async () => (await queue.counts()).waiting === 0);
      expect(await queue.counts()).toMatchObject({ delayed: 1 });
    });

    test("the lease of what takes long is renewed", async () => {
      const queue = fresh();
      let runs = 0;
      const options = { leaseMs: 6_000, concurrency: 2 };
      await using one = await queue.work(
        "slow",
        async ({ ms }) => (runs++, await sleep(ms)),
        options,
      );
      await using _two = await queue.work(
        "slow",
        async ({ ms }) => (runs++, await sleep(ms)),
        options,
      );
      await queue.add("slow", { ms: 8_000 });
      await until(() => one.running > 0 || runs > 0);
      await until(async () => (await queue.counts()).active === 0);
      expect(runs).toBe(1);
    });

    test("promise 34: what stalls beyond its lease is done by another, and refused itself", async () => {
      const queue = fresh();
      const order: string[] = [];
      const events: QueueEvent[] = [];
      const listen = (event: unknown): void => {
        if ((event as QueueEvent).queue === queue.name) events.push(event as QueueEvent);
      };
      subscribe("plinth:queue", listen);
      const backend = place.backend({ name: queue.name });
      const stalled = await queue.work(
        "slow",
        async (_payload, job) => {
          order.push(`begun ${job.attempt}`);
          if (job.attempt > 1) return;
          // As if its process had stalled: somebody else gets the job.
          await backend.settle([{ id: job.id, token: job.token, kind: "release" }]);
          const [other] = await backend.claim(["slow"], 1, 10_000);
          await until(() => job.signal.aborted);
          expect(job.signal.reason).toBeInstanceOf(LeaseLostError);
          await expect(job.progress(10)).rejects.toMatchObject({
            code: "E_LEASE_LOST",
            job: "slow",
          });
          await expect(job.complete()).rejects.toMatchObject({ code: "E_LEASE_LOST" });
          expect(await backend.settle([{ ...other!, kind: "done" }])).toEqual([true]);
          order.push("refused");
        },
        { leaseMs: 300 },
      );
      await queue.add("slow", { ms: 1 });
      await until(() => events.some(({ kind }) => kind === "lost"));
      expect(order).toEqual(["begun 1", "refused"]);
      await stalled.stop();
      await backend.close();
      unsubscribe("plinth:queue", listen);
    });

    test("progress is told, and complete() ends it before the handler does", async () => {
      const queue = fresh();
      const seen: (number | undefined)[] = [];
      await using _worker = await queue.work("tick", async (_, job) => {
        await job.progress(12.5);
        seen.push((await queue.get(job.id))?.progress, job.lastProgress);
        await expect(job.progress(101)).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
        await job.complete();
        expect(await queue.get(job.id)).toBeUndefined();
        seen.push(1);
        throw new Error("too late to fail");
      });
      await queue.add("tick", null);
      await until(() => seen.length === 3);
      expect(seen).toEqual([12.5, 12.5, 1]);
      await sleep(50);
      expect(await queue.counts()).toMatchObject({ active: 0, dead: 0, delayed: 0, waiting: 0 });
    });

    test("stop() waits for what runs, and gives back what takes too long", async () => {
      const queue = fresh();
      const ended: string[] = [];
      let reason: unknown;
      const isStopping = Promise.withResolvers<void>();
      const handle = async ({ ms }: { ms: number }, job: Job): Promise<void> => {
        job.signal.addEventListener("abort", () => void (reason = job.signal.reason));
        await isStopping.promise;
        await sleep(ms, undefined, { ref: false });
        ended.push(`${ms}`);
      };
      const worker = await queue.work("slow", handle, { concurrency: 2 });
      await queue.addMany([
        { name: "slow", payload: { ms: 150 } },
        { name: "slow", payload: { ms: 600_000 } },
        { name: "slow", payload: { ms: 1 } },
      ]);
      await until(() => worker.running === 2);
      const stopping = Promise.all([worker.stop({ timeoutMs: 4_000 }), worker.stop()]);
      isStopping.resolve();
      await stopping;
      expect(ended).toEqual(["150"]);
      expect(reason).toMatchObject({ code: "E_CANCELLED" });
      expect(await queue.counts()).toMatchObject({ waiting: 2, active: 0, delayed: 0 });
      const next = await queue.work("slow", ({ ms }) => void ended.push(`again ${ms}`));
      await until(() => ended.length === 3);
      expect(ended.slice(1).sort()).toEqual(["again 1", "again 600000"]);
      await next.stop();
    });

    test("stop() waits for as long as it is told, and for nothing that never ends beyond that", async () => {
      const queue = fresh();
      let release = (): void => {};
      const handle = (): Promise<void> => new Promise((resolve) => void (release = resolve));
      const worker = await queue.work("tick", handle);
      await queue.add("tick", null);
      await until(() => worker.running === 1);
      for (const timeoutMs of [Number.NaN, -1, "1s" as never]) {
        await expect(worker.stop({ timeoutMs })).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
        await expect(queue.close({ timeoutMs })).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      }
      const stopping = worker.stop({ timeoutMs: Infinity });
      await sleep(50);
      expect(await queue.counts()).toMatchObject({ active: 1, waiting: 0 });
      release();
      await stopping;
      expect(await queue.counts()).toMatchObject({ active: 0, waiting: 0 });
    });

    test("all that close a queue wait until it is closed", async () => {
      const queue = fresh();
      const ended: string[] = [];
      const isClosing = Promise.withResolvers<void>();
      const worker = await queue.work("slow", async ({ ms }) => {
        await isClosing.promise;
        await sleep(ms);
        ended.push("job");
      });
      await queue.add("slow", { ms: 100 });
      await until(() => worker.running === 1);
      void queue.close();
      const closing = queue.close();
      isClosing.resolve();
      await closing;
      expect(ended).toEqual(["job"]);
    });

    test("a signal stops it, too", async () => {
      const queue = fresh();
      const controller = new AbortController();
      let runs = 0;
      const worker = await queue.work("tick", () => void runs++, { signal: controller.signal });
      controller.abort();
      await worker.stop();
      await queue.add("tick", null);
      await sleep(100);
      expect(runs).toBe(0);
    });

    test("nothing begins while it is paused, and at once when it is not", async () => {
      const queue = fresh();
      let runs = 0;
      await using _worker = await queue.work("tick", () => void runs++);
      await queue.pause();
      await queue.add("tick", null);
      await sleep(150);
      expect([runs, (await queue.counts()).isPaused]).toEqual([0, true]);
      await queue.resume();
      await until(() => runs === 1);
    });

    test("a schedule adds one job for each tick, whoever sees to it", async () => {
      const queue = fresh();
      const others = [1, 2, 3].map(() => place.queue<Jobs>({ name: queue.name }));
      made.push(...others);
      const beganSecond = Math.floor(Date.now() / 1_000);
      const [schedule] = await Promise.all(
        [queue, ...others].map((each) => each.schedule("tick", "* * * * * *", null)),
      );
      expect(schedule!.next()!.getTime() % 1_000).toBe(0);
      await until(async () => (await queue.counts()).waiting >= 2);
      await Promise.all(others.map((each) => each.close()));
      schedule!.stop();
      const seconds = Math.floor(Date.now() / 1_000) - beganSecond;
      expect((await queue.counts()).waiting).toBeLessThanOrEqual(seconds);
      expect(schedule!.next()).toBeUndefined();
    });

    test("two schedules of a queue have keys of their own", async () => {
      const queue = fresh();
      const refused = { code: "E_INVALID_VALUE" };
      const first = await queue.schedule("tick", "0 3 * * *", null);
      await expect(queue.schedule("tick", "0 3 * * *", null)).rejects.toMatchObject(refused);
      await queue.schedule("tick", "0 3 * * *", null, { key: "other" });
      first.stop();
      await queue.schedule("tick", "0 4 * * *", null);
      const never = { missed: "never" as "skip", key: "third" };
      await expect(queue.schedule("tick", "0 3 * * *", null, never)).rejects.toMatchObject(refused);
    });

    test("nothing that is undefined stands for all jobs", async () => {
      const queue = fresh();
      await queue.add("tick", null);
      const refused = { code: "E_INVALID_VALUE" };
      for (const which of [{ id: undefined }, { name: undefined }] as object[]) {
        await expect(queue.retry(which)).rejects.toMatchObject(refused);
        await expect(queue.purge({ state: "waiting", ...which })).rejects.toMatchObject(refused);
      }
      expect(await queue.purge({ state: "waiting" })).toBe(1);
    });

    test("what makes no sense is refused before anything is sent", async () => {
      const queue = fresh();
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const payloads: unknown[] = [
        undefined,
        () => 1,
        Symbol("x"),
        1n,
        NaN,
        Infinity,
        -0,
        new Date(),
        new Map(),
        circle,
        [undefined],
        Array(2),
        { a: { b: new URL("http://a") } },
        { toJSON: () => 1 },
        "x".repeat(1_100_000),
      ];
      for (const payload of payloads) {
        const adding = queue.add("tick", payload as null);
        await expect(adding).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      }
      const options: object[] = [
        { delayMs: -1 },
        { delayMs: NaN },
        { delayMs: 1, runAt: new Date() },
        { ttlMs: 0 },
        { runAt: new Date(NaN) },
        { attempts: 0 },
        { attempts: 1.5 },
        { priority: 1e9 },
        { unique: "" },
        { unique: "x\0" },
        { unique: "x".repeat(300) },
        { unique: "\ud800" },
        { unique: { key: "a", forMs: -1 } },
        { backoff: { baseMs: -1 } },
      ];
      for (const each of options) {
        const adding = queue.add("tick", null, each);
        await expect(adding).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      }
      for (const name of ["", "x".repeat(101), "a\0", "\udc00", 5]) {
        const adding = queue.add(name as "tick", null);
        await expect(adding).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
      }
      const refused = { code: "E_INVALID_VALUE" };
      await expect(queue.work({})).rejects.toMatchObject(refused);
      await expect(queue.work("tick", 5 as never)).rejects.toMatchObject(refused);
      await expect(queue.work("tick", () => {}, { concurrency: 0 })).rejects.toMatchObject(refused);
      await expect(queue.work("tick", () => {}, { leaseMs: 1 })).rejects.toMatchObject(refused);
      await expect(queue.schedule("tick", "every day", null)).rejects.toMatchObject(refused);
      const nowhere = { timezone: "Mars/Base" };
      await expect(queue.schedule("tick", "0 3 * * *", null, nowhere)).rejects.toMatchObject(
        refused,
      );
      await expect(queue.list("gone" as "dead")).rejects.toMatchObject(refused);
      await expect(queue.purge({ state: "active" as "dead" })).rejects.toMatchObject(refused);
      expect(() => place.queue({ name: "" })).toThrow(expect.objectContaining(refused));
      expect(() => place.queue({ defaults: { attempts: -1 } })).toThrow(
        expect.objectContaining(refused),
      );
      expect(await queue.counts()).toMatchObject({ waiting: 0, delayed: 0 });
    });

    test("JSON comes back as it was", async () => {
      const queue = place.queue({ name: `own ${kind.name} ${++count}` });
      const payload = { text: "\u0000 'ü' 🌍", list: [1, 1.5e300, true, null, []], __proto__x: {} };
      let got: unknown;
      await using _worker = await queue.work("x", (given) => void (got = given));
      await queue.add("x", { ...payload, none: undefined });
      await until(() => got !== undefined);
      expect(got).toEqual(payload);
      await queue.close();
    });

    test("a queue that is closed takes nothing", async () => {
      const queue = fresh();
      const worker = await queue.work("tick", () => {});
      await queue.close();
      await queue.close();
      expect(worker.running).toBe(0);
      await expect(queue.add("tick", null)).rejects.toMatchObject({ code: "E_CLOSED" });
      await expect(queue.work("tick", () => {})).rejects.toMatchObject({ code: "E_CLOSED" });
    });
  });
}
