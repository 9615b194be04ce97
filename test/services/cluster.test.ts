import {
  createLimiter,
  createOneTime,
  createPubSub,
  createQueue,
  openStore,
  storeOf,
  type Store,
} from "plinth/services";
import { setTimeout as sleep } from "node:timers/promises";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hasPrivateRedis } from "../servers/private.ts";
import { until } from "./queue/kit.ts";
import { storeQueueKind } from "./queue/store-kind.ts";
import { queueSuite } from "./queue/suite.ts";
import { startRedisCluster, type RedisCluster } from "./redis-cluster.ts";
import { storeSuite } from "./suite/suite.ts";

/** How far a replica that is busy may be behind its primary. */
const LAST_MOMENT_MS = 2_000;

describe.runIf(hasPrivateRedis)("a cluster of six", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  storeSuite({
    name: "redis cluster",
    isShared: true,
    open(place, { prefix } = {}) {
      const whole = [place, ...(prefix === undefined ? [] : [prefix])].join(":");
      return openStore(`${cluster.url}?timeout=30s`, { prefix: whole });
    },
  });

  queueSuite(
    storeQueueKind("cluster", (place) =>
      openStore(`${cluster.url}?timeout=30s`, { prefix: `queues:${place}` }),
    ),
  );

  test("a listing goes through all servers, also before the first connection", async () => {
    await using store = await openStore(`${cluster.url}?timeout=30s`, { prefix: "walked" });
    const ids = Array.from({ length: 900 }, (_, index) => String(index));
    await Promise.all(ids.map((id) => store.set(["listed", id], "a")));
    await using lazy = await openStore(`${cluster.url}?timeout=30s`, {
      prefix: "walked",
      lazy: true,
    });
    const found = new Set<string>();
    for await (const [, id] of lazy.list("listed")) found.add(id!);
    expect(found).toEqual(new Set(ids));
    expect(await lazy.clear("listed")).toBe(900);
  });

  test("a program's own client of a cluster is used, and left open", async () => {
    const { host } = new URL(cluster.url.split(",")[0]!.replace("redis+cluster", "redis"));
    const client = createCluster({ rootNodes: [{ url: `redis://${host}` }] });
    await client.connect();
    const own = await storeOf(client, { prefix: "own" });
    const limiter = createLimiter(own, { category: "client", max: 1, windowMs: 60_000 });
    expect((await limiter.take("a")).allowed).toBe(true);
    expect((await limiter.take("a")).allowed).toBe(false);
    await own.close();
    expect(await client.exists("own:ratelimit:client:a")).toBe(1);
    client.destroy();
  });

  test("a failover in the middle: what was acknowledged is there, a value is consumed once, the limit holds", async () => {
    await using store = await openStore(`${cluster.url}?timeout=30s`, { prefix: "failover" });
    const keys = Array.from({ length: 300 }, (_, index) => ["kept", String(index)]);
    await Promise.all(keys.map((key) => store.set(key, "a")));
    const once = createOneTime<number>(store, { namespace: "once", ttlMs: 600_000 });
    const tokens = await Promise.all(keys.map((_, index) => once.issue(index)));
    const limiter = createLimiter(store, { category: "login", max: 50, windowMs: 600_000 });
    await Promise.all(Array.from({ length: 20 }, () => limiter.take("a")));
    // What a replica hasn't got yet is lost with its primary: that is Redis, and not what is measured.
    await cluster.replicated();

    const ending = new AbortController();
    onTestFinished(() => ending.abort());
    const jobs = workThrough(store, ending.signal);
    const writing = writeUntil(store, ending.signal);
    await until(() => jobs.added.size > 100 && writing.acknowledged > 100);
    const killedMs = performance.now();
    cluster.killPrimary();
    const [addedBefore, writtenBefore] = [jobs.added.size, writing.acknowledged];
    // All places of the cluster are written again.
    await until(
      () => jobs.added.size > addedBefore + 100 && writing.acknowledged > writtenBefore + 100,
    );
    ending.abort();
    const { acknowledged, failed, longestGapMs } = await writing.ended;
    const { added, done, twice } = await jobs.ended;

    expect(await store.getMany(keys)).toEqual(keys.map(() => "a"));
    const consumed = await Promise.all([...tokens, ...tokens].map((token) => once.consume(token)));
    expect(consumed.filter((value) => value !== undefined)).toHaveLength(tokens.length);
    const takes = await Promise.all(Array.from({ length: 60 }, () => limiter.take("a")));
    expect(takes.filter(({ allowed }) => allowed)).toHaveLength(30);
    console.log(
      `failover of a cluster: ${acknowledged} writes, ${failed} failed, the longest pause ${Math.round(longestGapMs)} ms`,
    );
    // What the primary acknowledged in its last moment may have gone with it.
    const lost = [...added].filter(
      ([id, { askedMs, toldMs }]) =>
        !done.has(id) && (askedMs > killedMs || toldMs < killedMs - LAST_MOMENT_MS),
    );
    console.log(
      `queues on it: ${added.size} jobs added meanwhile, ${done.size} done, ${twice} of them twice`,
    );
    expect(lost).toEqual([]);
    // Far below the time that a call is given.
    expect(longestGapMs).toBeLessThan(20_000);
  });
});

/** When it was asked for, and acknowledged. */
interface Added {
  readonly askedMs: number;
  readonly toldMs: number;
}

interface WorkedOff {
  readonly added: ReadonlyMap<string, Added>;
  readonly done: ReadonlySet<string>;
  readonly twice: number;
}

/** Adds to ten queues, which lie in all places of the cluster, and works on them. */
function workThrough(
  store: Store,
  signal: AbortSignal,
): { readonly added: ReadonlyMap<string, Added>; readonly ended: Promise<WorkedOff> } {
  const added = new Map<string, Added>();
  return { added, ended: work(store, signal, added) };
}

async function work(
  store: Store,
  signal: AbortSignal,
  added: Map<string, Added>,
): Promise<WorkedOff> {
  const done = new Set<string>();
  let twice = 0;
  const queues = Array.from({ length: 10 }, (_, index) =>
    createQueue<{ a: string }>(store, { name: `q${index}` }),
  );
  const handle = async (id: string): Promise<void> => {
    if (done.has(id)) twice++;
    done.add(id);
  };
  await Promise.all(queues.map((queue) => queue.work("a", handle, { leaseMs: 1_000 })));
  for (let index = 0; !signal.aborted; index++) {
    const id = String(index);
    const askedMs = performance.now();
    const isAdded = await queues[index % queues.length]!.add("a", id).then(
      () => true,
      () => false,
    );
    if (isAdded) added.set(id, { askedMs, toldMs: performance.now() });
    await sleep(5);
  }
  const deadlineMs = performance.now() + 30_000;
  while ([...added.keys()].some((id) => !done.has(id)) && performance.now() < deadlineMs)
    await sleep(50);
  await Promise.all(queues.map((queue) => queue.close()));
  return { added, done, twice };
}

describe.runIf(hasPrivateRedis)("a cluster of six that tells events", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  test("a failover in the middle: what the channels' logs hold has come, once and in order", async () => {
    await using near = await openStore(`${cluster.url}?timeout=30s`, { prefix: "events" });
    await using far = await openStore(`${cluster.url}?timeout=30s`, { prefix: "events" });
    interface Channels {
      "channel:{id}": number;
    }
    const options = { keepEvents: 100_000, checkEveryMs: 2_000 };
    await using publisher = createPubSub<Channels>(near, options);
    await using subscribers = createPubSub<Channels>(far, options);
    const ids = Array.from({ length: 12 }, (_, index) => String(index));
    const seen = new Map<string, Map<string, number>>();
    const starts = new Map<string, string>();
    const told = new Map<string, number>();
    let [twice, disordered] = [0, 0];
    const incomplete = new Set<string>();
    for (const id of ids) {
      const heard = new Map<string, number>();
      seen.set(id, heard);
      let last = 0;
      const handling = subscribers.on(
        ["channel", id],
        (event) => {
          if (heard.has(event.id)) twice++;
          if (Number(event.id) <= last) disordered++;
          last = Number(event.id);
          heard.set(event.id, event.data);
        },
        {
          onLost: () => {
            // The new primary counts on from what it has.
            heard.clear();
            last = 0;
            incomplete.add(id);
          },
        },
      );
      starts.set(id, await handling.ready);
    }
    let [acknowledged, isEnding] = [0, false];
    onTestFinished(() => void (isEnding = true));
    const publishing = ids.map(async (id) => {
      for (let number = 0; !isEnding; number++) {
        // The same key until it is acknowledged.
        for (let isTold = false; !isTold;) {
          isTold = await publisher
            .publish(["channel", id], number, { key: `${id}-${number}` })
            .then(() => true)
            .catch(() => false);
        }
        acknowledged++;
        told.set(id, (told.get(id) ?? 0) + 1);
        await sleep(5);
      }
    });
    const isEachTold = (count: number) => ids.every((id) => (told.get(id) ?? 0) >= count);
    await until(() => isEachTold(20));
    cluster.killPrimary();
    told.clear();
    await until(() => isEachTold(30));
    isEnding = true;
    await Promise.all(publishing);
    let [inLogs, missed] = [0, 0];
    for (const id of ids) {
      const last = await publisher.publish(["channel", id], -1);
      // What comes in order is whole when its end has come.
      await until(() => seen.get(id)!.has(last));
      // What wasn't copied yet is lost with the primary, the log's beginning too.
      const log = publisher.subscribe(["channel", id], {
        after: starts.get(id)!,
        onLost: () => {},
      });
      for await (const event of log) {
        if (event.id === last) break;
        inLogs++;
        const isSeen = seen.get(id)!.get(event.id) === event.data;
        // Who is told of a loss reads anew what the events tell of.
        if (!isSeen && !incomplete.has(id)) missed++;
      }
    }
    console.log(
      `failover of a cluster: ${acknowledged} events on ${ids.length} channels, ${inLogs} in the logs, ` +
        `${missed} of them missed, ${twice} twice, ${incomplete.size} channels told of a loss`,
    );
    expect({ missed, twice, disordered }).toEqual({ missed: 0, twice: 0, disordered: 0 });
    expect(acknowledged).toBeGreaterThan(500);
  });
});

interface Written {
  acknowledged: number;
  failed: number;
  longestGapMs: number;
}

/** Writes one after the other, to all places of the cluster. */
function writeUntil(
  store: Store,
  signal: AbortSignal,
): Readonly<Written> & { readonly ended: Promise<Written> } {
  const written = { acknowledged: 0, failed: 0, longestGapMs: 0 };
  return Object.assign(written, { ended: write(store, signal, written) });
}

async function write(store: Store, signal: AbortSignal, written: Written): Promise<Written> {
  let lastMs = performance.now();
  for (let index = 0; !signal.aborted; index++) {
    try {
      await store.set(["busy", String(index % 50)], String(index));
      written.acknowledged++;
      written.longestGapMs = Math.max(written.longestGapMs, performance.now() - lastMs);
      lastMs = performance.now();
    } catch {
      written.failed++;
    }
    await sleep(2);
  }
  return written;
}
