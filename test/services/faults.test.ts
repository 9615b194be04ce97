import { inspect } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { createLimiter, createOneTime, openStore, storeOf, type Store } from "plinth/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPrivateRedis, startPrivateRedis, type PrivateServer } from "../servers/private.ts";
import { noticed, startProxy, type Proxy } from "../servers/proxy.ts";

async function failureOf(work: PromiseLike<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("It succeeded, and was to fail.");
}

function report(text: string): void {
  process.stdout.write(`  ${text}\n`);
}

describe.runIf(hasPrivateRedis)("a store of Redis in trouble", () => {
  let server: PrivateServer;
  let proxy: Proxy;
  let store: Store;
  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  async function behindProxy(options: string, work: () => Promise<void>): Promise<void> {
    proxy = await startProxy(server.url);
    store = await openStore(`${proxy.lead(server.url)}?${options}`, { prefix: "faults" });
    try {
      await work();
    } finally {
      await store.close();
      await proxy[Symbol.asyncDispose]();
    }
  }

  test("says at once that nobody listens, and without the password", async () => {
    const startMs = performance.now();
    const url = "redis://user:canary-5e2@127.0.0.1:1/0";
    const error = await failureOf(openStore(url));
    expect(error.code).toBe("E_CONNECTION_REFUSED");
    expect(error.message).toContain("127.0.0.1:1");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("canary-5e2");
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  test("doesn't wait for ever for a server that accepts and is silent", async () => {
    await using held = await startProxy(server.url);
    held.hold();
    const startMs = performance.now();
    const error = await failureOf(openStore(`${held.lead(server.url)}?connect_timeout=300ms`));
    expect(["E_CONNECTION_REFUSED", "E_CONNECT_TIMEOUT"]).toContain(error.code);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  test("says that the password is wrong, and not which", async () => {
    await using guarded = await startPrivateRedis(["--requirepass", "right-5e2"]);
    const url = guarded.url.replace("redis://", "redis://:wrong-5e2@");
    const error = await failureOf(openStore(url));
    expect(error.code).toBe("E_WRONG_PASSWORD");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("wrong-5e2");
    expect((await failureOf(openStore(guarded.url))).code).toBe("E_WRONG_PASSWORD");
    await using opened = await openStore(guarded.url.replace("redis://", "redis://:right-5e2@"));
    await opened.set("a", "b");
  });

  test("promise 27: when it is silent no call waits longer than its time, and limits fail as told", async () => {
    // So long that it shows where a shorter time isn't kept.
    await behindProxy("timeout=45s", async () => {
      await using brief = await openStore(`${proxy.lead(server.url)}?timeout=1s`);
      const logins = createLimiter(store, {
        category: "login",
        max: 5,
        windowMs: 60_000,
        timeoutMs: 2_000,
      });
      const pages = createLimiter(store, {
        category: "pages",
        max: 5,
        windowMs: 60_000,
        onFailure: "open",
        timeoutMs: 80,
      });
      await logins.take("a");
      await pages.take("a");
      proxy.swallow("answers");

      const waits: Record<string, number> = {};
      const timed = async (name: string, work: () => Promise<unknown>): Promise<unknown> => {
        const startMs = performance.now();
        try {
          return await work();
        } finally {
          waits[name] = Math.round(performance.now() - startMs);
        }
      };
      const login = await timed("login", () => logins.take("a"));
      expect(login).toMatchObject({ allowed: false, reason: "unavailable" });
      expect(login).toMatchObject({ headers: { "Retry-After": "1" } });
      const page = await timed("page", () => pages.take("a"));
      expect(page).toMatchObject({ allowed: true, reason: "unavailable" });
      const error = await timed("get", () => failureOf(brief.get("a")));
      expect(error).toMatchObject({ code: "E_TIMEOUT" });
      await timed("within 50", () => failureOf(store.within(50).get("a")));
      report(`promise 27: a silent store: ${JSON.stringify(waits)} ms; login refused, page passed`);
      expect(Math.max(...Object.values(waits))).toBeLessThan(20_000);
    });
  }, 90_000);

  test("an answer that was there in time is taken, though the process stood still meanwhile", async () => {
    await using patient = await openStore(`${server.url}?timeout=30s`, { prefix: "still" });
    await patient.set("a", "b");
    const answers = [patient.within(200).get("a"), patient.within(300).get("a")];
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    expect(await Promise.all(answers)).toEqual(["b", "b"]);
  });

  test("comes back by itself, and calls that had not been sent wait for it", async () => {
    await behindProxy("timeout=15s", async () => {
      await store.set("a", "b");
      proxy.refuse();
      proxy.cut();
      await noticed();
      const waiting = Promise.all(
        Array.from({ length: 50 }, () => store.increment("after the outage")),
      );
      await sleep(300);
      const startMs = performance.now();
      proxy.mend();
      const counts = await waiting;
      report(
        `an outage of 300 ms: 50 calls waited, answered ${Math.round(performance.now() - startMs)} ms after it`,
      );
      expect([...counts].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
      expect(await store.get("a")).toBe("b");
    });
  });

  test("what was sent when the connection broke is told as unknown, and isn't sent again", async () => {
    await behindProxy("timeout=15s", async () => {
      let unknown = 0;
      let done = 0;
      for (let round = 0; round < 15; round++) {
        proxy.cutAfter(3 + round * 3, "answers");
        const results = await Promise.allSettled(
          Array.from({ length: 10 }, () => store.increment("cut")),
        );
        for (const result of results) {
          if (result.status === "fulfilled") done++;
          else {
            expect(result.reason).toMatchObject({ code: "E_CONNECTION_LOST", mayHaveRun: true });
            unknown++;
          }
        }
      }
      proxy.mend();
      const count = Number(await store.get("cut"));
      report(`15 cuts: ${done} acknowledged, ${unknown} unknown, ${count} counted`);
      expect(count).toBeGreaterThanOrEqual(done);
      expect(count).toBeLessThanOrEqual(150);
      expect(unknown).toBeGreaterThan(0);
    });
  });

  test("only so many wait, and when it closes nobody does", async () => {
    await behindProxy("timeout=30s&max_waiting=20", async () => {
      proxy.refuse();
      proxy.cut();
      await noticed();
      const waiting = Array.from({ length: 30 }, () => failureOf(store.get("a")));
      await sleep(50);
      await store.close();
      const codes = (await Promise.all(waiting)).map(({ code }) => code);
      expect(codes.filter((code) => code === "E_POOL_TIMEOUT")).toHaveLength(10);
      expect(codes.filter((code) => code === "E_CLOSED")).toHaveLength(20);
      expect((await failureOf(store.get("a"))).code).toBe("E_CLOSED");
    });
  });

  test("a lazy store is there before its server is", async () => {
    await using late = await startProxy(server.url);
    late.refuse();
    await using lazy = await openStore(`${late.lead(server.url)}?timeout=15s`, { lazy: true });
    const answer = lazy.set("lazy", "a");
    await sleep(200);
    late.mend();
    expect(await answer).toBe(true);
  });

  test("a scripts' loss at the server isn't seen", async () => {
    await behindProxy("timeout=30s", async () => {
      const limiter = createLimiter(store, { category: "flush", max: 5, windowMs: 60_000 });
      expect(await limiter.take("a")).toMatchObject({ remaining: 4 });
      const client = createClient({ url: server.url });
      await client.connect();
      await client.sendCommand(["SCRIPT", "FLUSH"]);
      client.destroy();
      expect(await limiter.take("a")).toMatchObject({ remaining: 3 });
    });
  });

  test("promise 28: a store that evicts is refused where that would undo a limit", async () => {
    await using evicting = await startPrivateRedis([
      "--maxmemory",
      "8mb",
      "--maxmemory-policy",
      "allkeys-lru",
    ]);
    await using lossy = await openStore(`${evicting.url}?timeout=30s`);
    expect(await lossy.policy()).toEqual({ evicts: true, name: "allkeys-lru" });
    const options = { category: "login", max: 5, windowMs: 60_000 };
    const error = await failureOf(createLimiter(lossy, options).take("a"));
    expect(error).toMatchObject({ code: "E_CONFIG" });
    expect(error.message).toContain("noeviction");
    const open = createLimiter(lossy, { ...options, onFailure: "open" });
    expect((await open.take("a")).allowed).toBe(true);
    const told = createLimiter(lossy, { ...options, allowsEviction: true });
    expect((await told.take("a")).allowed).toBe(true);
    await using memory = await openStore("memory:?eviction=lru");
    expect((await failureOf(createLimiter(memory, options).take("a"))).code).toBe("E_CONFIG");
    report("promise 28: allkeys-lru refused with E_CONFIG, noeviction taken");
  });

  test("a full server refuses as a whole, and what frees memory still works", async () => {
    await using small = await startPrivateRedis();
    await using full = await openStore(`${small.url}?timeout=30s`);
    const limiter = createLimiter(full, { category: "login", max: 5, windowMs: 60_000 });
    expect((await limiter.take("a")).allowed).toBe(true);
    const states = createOneTime<number>(full, { namespace: "state", ttlMs: 60_000 });
    const state = await states.issue(1);
    await full.set(["big", "1"], "x".repeat(200_000));
    const client = createClient({ url: small.url });
    await client.connect();
    await client.configSet("maxmemory", "1000");

    expect(await failureOf(full.set("more", "a"))).toMatchObject({ code: "E_DATABASE_FULL" });
    expect(await limiter.take("a")).toMatchObject({ allowed: false, reason: "unavailable" });
    expect(await states.consume(state)).toBe(1);
    expect(await full.clear("big")).toBe(1);
    await client.configSet("maxmemory", "0");
    client.destroy();
    expect(await limiter.take("a")).toMatchObject({ allowed: true, remaining: 3 });
  });

  test("a program's own client is used, and left open", async () => {
    const client = createClient({ url: server.url });
    await client.connect();
    const own = await storeOf(client, { prefix: "own" });
    await own.set(["a", "b"], "c");
    expect(await client.get("own:a:b")).toBe("c");
    await own.close();
    expect((await failureOf(own.get("a"))).code).toBe("E_CLOSED");
    expect(await client.get("own:a:b")).toBe("c");
    client.destroy();
    expect((await failureOf(storeOf({} as never))).code).toBe("E_INVALID_VALUE");
  });

  test("a server of a cluster and a URL of none don't fit, nor the other way round", async () => {
    const url = server.url.replace("redis://", "redis+cluster://");
    expect(["E_CONFIG", "E_CONNECTION_REFUSED", "E_QUERY"]).toContain(
      (await failureOf(openStore(url))).code,
    );
    await using part = await startPrivateRedis(["--cluster-enabled", "yes"]);
    const error = await failureOf(openStore(part.url));
    expect(error).toMatchObject({ code: "E_CONFIG" });
    expect(error.message).toContain("redis+cluster://");
  });
});
