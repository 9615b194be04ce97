import { fork, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openStore, type Store } from "plinth/services";
import { createClient } from "redis";
import { afterAll, describe, expect, test } from "vitest";
import { createQueue } from "../../../src/services/queue/create-queue.ts";
import { hasTestRedis, testRedisUrl } from "../../servers/databases.ts";
import { hasPrivateRedis, startPrivateRedis } from "../../servers/private.ts";
import { answerLost } from "../suite/kit.ts";
import { until } from "./kit.ts";

const folder = mkdtempSync(join(tmpdir(), "plinth-queue-faults-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const workerFile = fileURLToPath(new URL("./store-worker.ts", import.meta.url));

async function startWorker(url: string, prefix: string): Promise<ChildProcess> {
  const child = fork(workerFile, [url, prefix], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("promise 34: workers that are killed", () => {
  for (const name of hasTestRedis() ? ["redis", "sqlite"] : ["sqlite"]) {
    test(`on ${name}, all that was added is done, whoever dies`, async () => {
      const prefix = `killed-${randomBytes(6).toString("hex")}`;
      const file = `sqlite:${join(folder, "killed.db")}?timeout=30s`;
      const url = name === "redis" ? `${testRedisUrl()}?timeout=30s` : file;
      await using store = await openStore(url, { prefix });
      const queue = createQueue<{ count: number }>(store);
      const total = 3_000;
      const jobs = Array.from(
        { length: total },
        (_, number) => ({ name: "count", payload: number, attempts: 20 }) as const,
      );
      for (let from = 0; from < total; from += 500)
        await queue.addMany(jobs.slice(from, from + 500));
      let kills = 0;
      const workers = await Promise.all([startWorker(url, prefix), startWorker(url, prefix)]);
      for (; kills < 4 && (await queue.counts()).waiting > 0; kills++) {
        await sleep(100);
        await kill(workers[kills % 2]!);
        workers[kills % 2] = await startWorker(url, prefix);
      }
      await until(async () => {
        const { active, dead, delayed, waiting } = await queue.counts();
        return active + dead + delayed + waiting === 0;
      }, 50_000);
      await Promise.all(workers.map(kill));
      const counts = await store.getMany(jobs.map((_, number) => ["counted", String(number)]));
      const twice = counts.filter((count) => Number(count) > 1).length;
      process.stdout.write(
        `  promise 34 on ${name}: ${total} jobs, ${kills} kills, none lost, ${twice} done more than once\n`,
      );
      expect(counts.every((count) => Number(count) >= 1)).toBe(true);
      expect(kills).toBeGreaterThan(0);
      expect(twice).toBeLessThanOrEqual(kills * 16);
      await store.clear("counted");
    }, 60_000);
  }
});

describe("answers that are lost", () => {
  const counting = async (store: Store): Promise<number> => {
    const queue = createQueue<{ a: null }>(store);
    await queue.add("a", null);
    let runs = 0;
    await using _worker = await queue.work("a", () => void runs++, { leaseMs: 300 });
    await until(async () => {
      const { active, delayed, waiting } = await queue.counts();
      return runs > 0 && active + delayed + waiting === 0;
    });
    await queue.close();
    return runs;
  };

  test("what was handed out to nobody is handed out again", async () => {
    await using store = await openStore("memory:");
    expect(await counting(answerLost(store, "claim jobs"))).toBe(1);
  });

  test("what was done and not heard of is not done again", async () => {
    await using store = await openStore("memory:");
    expect(await counting(answerLost(store, "finish jobs"))).toBe(1);
    expect(await counting(answerLost(store, "finish jobs", { isDone: false }))).toBe(1);
  });
});

describe("promise 28: a store that evicts", () => {
  test("in memory is refused before anything else", async () => {
    await using store = await openStore("memory:?eviction=lru");
    const queue = createQueue(store);
    const refusal = { code: "E_CONFIG", hint: expect.stringContaining("noeviction") as string };
    await expect(queue.add("a", null)).rejects.toMatchObject(refusal);
    await expect(queue.work("a", () => {})).rejects.toMatchObject(refusal);
    await expect(queue.counts()).rejects.toMatchObject(refusal);
  });

  test.runIf(hasPrivateRedis)(
    "on a server is refused, and not any longer once it doesn't",
    async () => {
      await using server = await startPrivateRedis(["--maxmemory-policy", "allkeys-lru"]);
      await using store = await openStore(`${server.url}?timeout=30s`);
      const queue = createQueue(store);
      await expect(queue.add("a", null)).rejects.toMatchObject({ code: "E_CONFIG" });
      await onServer(server.url, "CONFIG", "SET", "maxmemory-policy", "noeviction");
      expect(await queue.add("a", null)).toMatchObject({ isNew: true });
    },
  );
});

async function onServer(url: string, ...parts: string[]): Promise<unknown> {
  const client = createClient({ url });
  await client.connect();
  try {
    return await client.sendCommand(parts);
  } finally {
    client.destroy();
  }
}

describe.runIf(hasPrivateRedis)("a server's memory", () => {
  test("holds nothing of jobs that are done, unless they are kept, and then for so long", async () => {
    await using server = await startPrivateRedis();
    await using store = await openStore(`${server.url}?timeout=30s`);
    const usedBytes = async (): Promise<number> => {
      const info = String(await onServer(server.url, "INFO", "memory"));
      return Number(/^used_memory_dataset:(\d+)/m.exec(info)![1]);
    };
    const workOff = async (keepDoneMs: number): Promise<void> => {
      const queue = createQueue<{ a: string }>(store, { keepDoneMs });
      await using _worker = await queue.work("a", () => {}, { concurrency: 100 });
      for (let round = 0; round < 20; round++) {
        const payload = "x".repeat(500);
        await queue.addMany(
          Array.from({ length: 500 }, (_, index) => ({
            name: "a" as const,
            payload,
            unique: `${round}-${index}`,
            ttlMs: 60_000,
          })),
        );
      }
      await until(async () => {
        const { active, done, waiting } = await queue.counts();
        return active + done + waiting === 0;
      });
      await queue.close();
    };
    await workOff(0);
    const before = await usedBytes();
    await workOff(0);
    await workOff(50);
    const after = await usedBytes();
    process.stdout.write(
      `  20,000 further jobs left ${Math.round((after - before) / 1024)} KiB in the server\n`,
    );
    expect(after - before).toBeLessThan(2 * 1024 * 1024);
    // Who waits for jobs stands there, and nothing else.
    const keys = (await onServer(server.url, "KEYS", "*")) as string[];
    expect(keys).toEqual(["{queue:default}:facts"]);
  });
});

test("a schedule ends with its store", async () => {
  for (const url of ["memory:", `sqlite:${join(folder, "ended.db")}`]) {
    const store = await openStore(url);
    const queue = createQueue(store);
    const schedule = await queue.schedule("tick", "* * * * * *", null);
    await store.close();
    await until(() => schedule.next() === undefined);
    await queue.close();
  }
});
