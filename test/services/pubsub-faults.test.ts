import { createPubSub, openStore, storeOf, type EventLoss } from "plinth/services";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPrivateRedis, startPrivateRedis, type PrivateServer } from "../servers/private.ts";
import { startProxy } from "../servers/proxy.ts";

interface Channels {
  "channel:{id}": number;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function report(text: string): void {
  process.stdout.write(`  ${text}\n`);
}

async function command(url: string, ...parts: string[]): Promise<unknown> {
  const client = createClient({ url });
  await client.connect();
  try {
    return await client.sendCommand(parts);
  } finally {
    client.destroy();
  }
}

async function listenerCount(url: string): Promise<number> {
  const list = String(await command(url, "CLIENT", "LIST", "TYPE", "pubsub"));
  return list.split("\n").filter((line) => line.includes("id=")).length;
}

describe.runIf(hasPrivateRedis)("pub/sub over a connection that breaks", () => {
  let server: PrivateServer;
  beforeAll(async () => {
    server = await startPrivateRedis();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test("who listens is cut off again and again, and gets all of it once and in order", async () => {
    await using proxy = await startProxy(server.url);
    await using far = await openStore(proxy.lead(server.url), { prefix: "cut" });
    await using near = await openStore(`${server.url}?timeout=30s`, { prefix: "cut" });
    const total = 3_000;
    const options = { keepEvents: total };
    await using subscribers = createPubSub<Channels>(far, options);
    await using publisher = createPubSub<Channels>(near, options);
    const seen: number[] = [];
    const handling = subscribers.on(["channel", "1"], ({ data }) => void seen.push(data));
    await handling.ready;
    let cuts = 0;
    for (const number of upTo(total)) {
      await publisher.publish(["channel", "1"], number);
      if (number % 400 === 200) {
        proxy.cut();
        cuts++;
      }
    }
    await expect.poll(() => seen.length).toBe(total);
    expect(seen).toEqual(upTo(total));
    expect(subscribers.stats().losses).toBe(0);
    report(
      `pub/sub: ${total} events, the connection cut ${cuts} times: all came once and in order`,
    );
  });

  test("a connection that is silent is noticed, and what was said meanwhile comes", async () => {
    await using proxy = await startProxy(server.url);
    await using far = await openStore(proxy.lead(server.url), { prefix: "silent" });
    await using near = await openStore(`${server.url}?timeout=30s`, { prefix: "silent" });
    await using subscribers = createPubSub<Channels>(far);
    await using publisher = createPubSub<Channels>(near);
    const seen: number[] = [];
    const handling = subscribers.on(["channel", "1"], ({ data }) => void seen.push(data));
    await handling.ready;
    await publisher.publish(["channel", "1"], 0);
    await expect.poll(() => seen).toEqual([0]);
    proxy.swallow("answers");
    await publisher.publish(["channel", "1"], 1);
    await sleep(300);
    expect(seen).toEqual([0]);
    proxy.mendNew();
    const startMs = performance.now();
    await expect.poll(() => seen).toEqual([0, 1]);
    report(
      `pub/sub: a silent connection is made anew after ${Math.round(performance.now() - startMs)} ms`,
    );
  });

  test("500 channels and their subscribers share one connection, which ends with the store", async () => {
    // The server may not have seen yet that those of other tests have gone.
    await expect.poll(() => listenerCount(server.url)).toBe(0);
    const client = createClient({ url: server.url });
    client.on("error", () => {});
    await client.connect();
    const store = await storeOf(client, { prefix: "many" });
    await using one = createPubSub<Channels>(store);
    await using two = createPubSub<Channels>(store);
    const handlings = upTo(500).flatMap((index) =>
      [one, two].map((pubsub) => pubsub.on(["channel", String(index)], () => {})),
    );
    await Promise.all(handlings.map(({ ready }) => ready));
    expect(await listenerCount(server.url)).toBe(1);
    for (const { stop } of handlings) stop();
    await store.close();
    await expect.poll(() => listenerCount(server.url)).toBe(0);
    expect(client.isReady).toBe(true);
    client.destroy();
  });

  test("a client that can't listen is told of", async () => {
    const client = await createClient({ url: server.url }).connect();
    const mute = new Proxy(client, {
      get(target, name) {
        const member: unknown =
          name === "duplicate" ? undefined : Reflect.get(target, name, target);
        return typeof member === "function" ? (member.bind(target) as unknown) : member;
      },
    });
    await using pubsub = createPubSub<Channels>(await storeOf(mute));
    await expect(pubsub.subscribe(["channel", "1"]).ready).rejects.toMatchObject({
      code: "E_INVALID_VALUE",
    });
    client.destroy();
  });

  test("who listens before the server is there begins when it is", async () => {
    await using proxy = await startProxy(server.url);
    proxy.refuse();
    await using store = await openStore(`${proxy.lead(server.url)}?timeout=30s`, {
      lazy: true,
      prefix: "lazy",
    });
    await using pubsub = createPubSub<Channels>(store);
    const events = pubsub.subscribe(["channel", "1"]);
    await sleep(200);
    proxy.mend();
    await events.ready;
    await pubsub.publish(["channel", "1"], 1);
    for await (const { data } of events) {
      expect(data).toBe(1);
      break;
    }
  });

  test("a server that was emptied is told of, and so is one that doesn't allow it", async () => {
    await using store = await openStore(`${server.url}?timeout=30s`, { prefix: "emptied" });
    await using pubsub = createPubSub<Channels>(store);
    const seen: unknown[] = [];
    const onLost = ({ reason }: EventLoss): unknown => seen.push(reason);
    const handling = pubsub.on(["channel", "1"], ({ data }) => void seen.push(data), { onLost });
    await handling.ready;
    await pubsub.publish(["channel", "1"], 1);
    await expect.poll(() => seen).toEqual([1]);
    await command(server.url, "FLUSHALL");
    await pubsub.publish(["channel", "1"], 2);
    await expect.poll(() => seen).toEqual([1, "expired", 2]);

    await command(
      server.url,
      "ACL",
      "SETUSER",
      "deaf",
      "on",
      ">deaf",
      "~*",
      "+@all",
      "resetchannels",
    );
    const url = server.url.replace("redis://", "redis://deaf:deaf@");
    await using deaf = await openStore(url);
    await using forbidden = createPubSub<Channels>(deaf);
    await expect(forbidden.subscribe(["channel", "1"]).ready).rejects.toMatchObject({
      code: "E_PERMISSION",
    });
  });
});

describe("pub/sub between processes by a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "plinth-pubsub-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("events of processes that are killed come soon, once and in order, and waiting costs little", async () => {
    const url = `sqlite:${join(folder, "store.db")}?timeout=15s`;
    await using store = await openStore(url);
    await using pubsub = createPubSub<Channels>(store, { keepEvents: 100_000 });
    const seen: number[] = [];
    const delays: number[] = [];
    const handling = pubsub.on(["channel", "1"], ({ data, id }) => {
      seen.push(data);
      delays.push(Date.now() - Number(id) / 1_000);
    });
    await handling.ready;
    const startCpu = process.cpuUsage();
    await sleep(1_000);
    const idle = process.cpuUsage(startCpu);
    const acknowledged: number[] = [];
    for (let round = 0; round < 3; round++) {
      const file = fileURLToPath(new URL("./publisher.ts", import.meta.url));
      const child = fork(file, [url, String(round * 100_000)], {
        execArgv: ["--disable-warning=ExperimentalWarning"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      child.on("message", (number) => acknowledged.push(Number(number)));
      await once(child, "message");
      await sleep(300);
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await expect.poll(() => acknowledged.filter((number) => !seen.includes(number))).toEqual([]);
    expect(seen).toEqual(seen.toSorted((one, two) => one - two));
    expect(new Set(seen).size).toBe(seen.length);
    delays.sort((one, two) => one - two);
    const p99 = delays[Math.floor(delays.length * 0.99)]!;
    report(
      `pub/sub by a file: ${seen.length} events of 3 processes that were killed, none missed; 99 of 100 within ` +
        `${Math.round(p99)} ms; waiting takes ${((idle.user + idle.system) / 10_000).toFixed(1)} % of a core`,
    );
    expect(handling).toBeDefined();
  });

  test("messages that are gone before they were read are read from the log", async () => {
    const path = join(folder, "gone.db");
    await using writer = await openStore(`sqlite:${path}`);
    await using reader = await openStore(`sqlite:${path}`);
    const seen: number[] = [];
    await using subscribers = createPubSub<Channels>(reader);
    await using publisher = createPubSub<Channels>(writer);
    const handling = subscribers.on(["channel", "1"], ({ data }) => void seen.push(data));
    await handling.ready;
    const file = new DatabaseSync(path);
    for (const number of upTo(20)) {
      await publisher.publish(["channel", "1"], number);
      file.exec("delete from plinth_message");
    }
    file.close();
    await expect.poll(() => seen).toEqual(upTo(20));
    expect(subscribers.stats().losses).toBe(0);
  });
});
