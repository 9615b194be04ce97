import { expect, test } from "vitest";
import type { Clock } from "../../core/clock.ts";
import { systemClock } from "../../core/clock.ts";
import type { PoolSettings } from "../../dialect/dialect.ts";
import {
  inMemoryDialect,
  inMemorySettings,
  InMemoryServer,
  statementOf,
} from "../../../test/connect/in-memory.ts";
import type { Lease } from "../source.ts";
import { PooledSource } from "./pool.ts";

function connected(
  settings: Partial<PoolSettings> = {},
  clock: Clock = systemClock,
): { server: InMemoryServer; source: PooledSource } {
  const server = new InMemoryServer();
  const source = new PooledSource({
    dialect: inMemoryDialect,
    driver: server,
    first: server.connect(),
    settings: { ...inMemorySettings, ...settings },
    clock,
  });
  return { server, source };
}

const get = (source: PooledSource, key = "a"): Promise<unknown> =>
  source.rows(statementOf(`get ${key}`), []);
const tick = (ms = 2): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("queries one after the other share the connection that is there", async () => {
  const { server, source } = connected();
  for (let at = 0; at < 5; at++) await get(source);

  expect(server.connections.length).toBe(1);
  expect(source.stats()).toEqual({ open: 1, leased: 0, idle: 1, waiting: 0 });
  await source.close();
});

test("queries at once share a few connections, and each gets its own answer", async () => {
  const { server, source } = connected({ sharedConnections: 3 });
  for (let at = 0; at < 100; at++) server.stored.set(`k${at}`, at);
  const answers = await Promise.all(Array.from({ length: 100 }, (_, at) => get(source, `k${at}`)));

  expect(answers).toEqual(Array.from({ length: 100 }, (_, at) => [[at]]));
  expect(server.connections.length).toBeLessThanOrEqual(3);
  await source.close();
});

test("a shared connection that a slow query holds up is passed by", async () => {
  let nowMs = 0;
  const { server, source } = connected(
    { sharedConnections: 2 },
    { ...systemClock, monotonicMs: () => nowMs },
  );
  let finish: (() => void) | undefined;
  server.intercept = (text) =>
    text === "get slow" ? new Promise((resolve) => (finish = resolve)) : undefined;
  const slow = get(source, "slow");
  await tick();
  nowMs += 1_000;
  for (let at = 0; at < 5; at++) await get(source);

  expect(server.log.filter((line) => line.startsWith("1: "))).toEqual(["1: get slow"]);
  finish!();
  await slow;
  await source.close();
});

test("what is asked together goes over one connection, though another is idle", async () => {
  const { server, source } = connected({ sharedConnections: 3 });
  await Promise.all(Array.from({ length: 9 }, () => get(source)));
  await tick();
  const busy = server.connections.length;
  expect(busy).toBeGreaterThan(1);
  server.log.length = 0;
  await Promise.all(source.together(() => [get(source, "x"), get(source, "y")]));

  const [first] = server.log[0]!.split(":");
  expect(server.log).toEqual([`${first}: get x`, `${first}: get y`]);
  server.log.length = 0;
  await Promise.all([get(source, "x"), get(source, "y")]);
  expect(new Set(server.log.map((line) => line.split(":")[0])).size).toBe(2);
  await source.close();
});

test("where all shared connections are held up, a query leases one", async () => {
  let nowMs = 0;
  const { server, source } = connected(
    { sharedConnections: 1 },
    { ...systemClock, monotonicMs: () => nowMs },
  );
  let finish: (() => void) | undefined;
  server.intercept = (text) =>
    text === "get slow" ? new Promise((resolve) => (finish = resolve)) : undefined;
  const slow = get(source, "slow");
  await tick();
  nowMs += 1_000;
  await get(source);

  expect(server.connections.length).toBe(2);
  finish!();
  await slow;
  await source.close();
});

test("writes share a connection again after one was held up, though others still run on leases", async () => {
  let nowMs = 0;
  const { server, source } = connected(
    { sharedConnections: 1 },
    { ...systemClock, monotonicMs: () => nowMs },
  );
  const finish = new Map<string, () => void>();
  server.intercept = (text) => new Promise((resolve) => finish.set(text, resolve));
  const write = (text: string): Promise<unknown> => source.write(statementOf(text), []);
  const slow = write("set a 1");
  await tick();
  nowMs += 1_000;
  const leased = write("set b 1");
  await tick();
  finish.get("set a 1")!();
  await slow;
  const next = write("set c 1");
  const behind = write("set d 1");
  await tick();

  expect(server.connections.length).toBe(2);
  expect(source.stats()).toMatchObject({ leased: 1, waiting: 0 });
  for (const text of ["set b 1", "set c 1"]) finish.get(text)!();
  await tick();
  finish.get("set d 1")!();
  await Promise.all([leased, next, behind]);
  await source.close();
});

test("transactions lease one each, at most as many as allowed, and the others wait in their order", async () => {
  const { server, source } = connected({ maxConnections: 2 });
  const order: number[] = [];
  const leases = await Promise.all([source.begin("begin"), source.begin("begin")]);
  const waiting = [1, 2, 3].map(async (at) => {
    const lease = await source.begin("begin");
    order.push(at);
    lease.release(false);
  });
  await tick();
  expect(source.stats()).toMatchObject({ leased: 2, waiting: 3 });
  expect(leases[0].connection).not.toBe(leases[1].connection);
  for (const lease of leases) lease.release(false);
  await Promise.all(waiting);

  expect(order).toEqual([1, 2, 3]);
  expect(server.connections.length).toBe(3);
  expect(source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  await source.close();
});

test("who waits too long for a connection is told, and the next one is served", async () => {
  const { source } = connected({ maxConnections: 1, acquireTimeoutMs: 40 });
  const lease = await source.begin("begin");
  const beganMs = performance.now();
  await expect(source.begin("begin")).rejects.toMatchObject({ code: "E_POOL_TIMEOUT" });
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(35);
  expect(performance.now() - beganMs).toBeLessThan(10_000);
  lease.release(false);

  (await source.begin("begin")).release(false);
  expect(source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  await source.close();
});

test("an idle connection is leased without a promise", async () => {
  const { server, source } = connected({ maxConnections: 1 });
  (await source.begin("begin")).release(false);
  const lease = source.begin("begin") as Lease;
  expect(lease.connection).toBe(server.connections[1]);
  lease.release(false);
  await source.close();
});

test("a connection that was idle for long is leased if it answers, and else another one", async () => {
  let nowMs = 0;
  const { server, source } = connected(
    { maxConnections: 1, idleTimeoutMs: Infinity },
    { ...systemClock, monotonicMs: () => nowMs },
  );
  const first = await source.begin("begin");
  first.release(false);
  nowMs += 40_000;
  const second = await source.begin("begin");
  expect(second.connection).toBe(first.connection);
  expect(server.log.slice(-2)).toEqual(["2: select 1", "2: begin"]);
  second.release(false);

  nowMs += 40_000;
  server.intercept = (text) => {
    if (text === "select 1") throw new Error("no answer");
  };
  const third = await source.begin("begin");
  expect(third.connection).not.toBe(first.connection);
  expect(first.connection.isAlive).toBe(false);
  third.release(false);
  expect(source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  await source.close();
});

test("a lease that is idle for longer than allowed is ended", async () => {
  let nowMs = 0;
  const { server, source } = connected(
    { idleTimeoutMs: 100, sharedConnections: 0 },
    { ...systemClock, monotonicMs: () => nowMs },
  );
  const leases = await Promise.all([source.begin("begin"), source.begin("begin")]);
  leases[0].release(false);
  nowMs += 99;
  leases[1].release(false);
  nowMs += 2;
  await expect.poll(() => source.stats().idle, { timeout: 10_000 }).toBe(1);
  expect(leases.map(({ connection }) => connection.isAlive)).toEqual([false, true]);
  await source.close();
  expect(server.openCount).toBe(0);
});

test("those who wait while the server takes no connection are told, each by an attempt of its own", async () => {
  const { server, source } = connected({ maxConnections: 2 });
  server.openError = new Error("refused");
  const asked = Array.from({ length: 5 }, async () => source.begin("begin"));
  const answers = await Promise.allSettled(asked);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => "rejected"));
  expect(source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  server.openError = undefined;
  (await source.begin("begin")).release(false);
  await source.close();
});

test("a broken connection is closed and never handed out again", async () => {
  const { server, source } = connected({ maxConnections: 1 });
  const first = await source.begin("begin");
  first.release(true);
  const second = await source.begin("begin");

  expect(first.connection.isAlive).toBe(false);
  expect(second.connection).not.toBe(first.connection);
  second.release(false);
  expect(server.openCount).toBe(2);
  await source.close();
});

test("a shared connection that died is replaced", async () => {
  const { server, source } = connected({ sharedConnections: 1 });
  await get(source);
  server.connections[0]!.isAlive = false;
  expect(source.stats().open).toBe(0);

  expect(await get(source)).toEqual([[null]]);
  expect(server.connections.length).toBe(2);
  await source.close();
});

test("a connection that can't be opened is told, and later ones are tried again", async () => {
  const { server, source } = connected({ sharedConnections: 1 });
  server.connections[0]!.isAlive = false;
  server.openError = new Error("refused");
  await expect(get(source)).rejects.toThrow("refused");
  await expect(source.begin("begin")).rejects.toThrow("refused");
  server.openError = undefined;

  expect(await get(source)).toEqual([[null]]);
  (await source.begin("begin")).release(false);
  await source.close();
});

test("an error of a query leaves its connection in use", async () => {
  const { server, source } = connected({ sharedConnections: 1 });
  server.intercept = (text) => {
    if (text === "get bad") throw new Error("bad");
  };
  await expect(get(source, "bad")).rejects.toThrow("bad");
  await expect(source.named(statementOf("get bad"), [])).rejects.toThrow("bad");
  await get(source);

  expect(server.openCount).toBe(2);
  expect(source.stats()).toMatchObject({ leased: 0 });
  await source.close();
});

test("closing waits for the leases, ends every connection, and refuses what comes later", async () => {
  const { server, source } = connected();
  await get(source);
  const lease = await source.begin("begin");
  let isClosed = false;
  const closing = source.close().then(() => (isClosed = true));
  await tick(10);
  expect(isClosed).toBe(false);
  await expect(get(source)).rejects.toMatchObject({ code: "E_CLOSED" });
  await expect(source.begin("begin")).rejects.toMatchObject({ code: "E_CLOSED" });
  await lease.connection.script("commit");
  lease.release(false);
  await closing;
  await source.close();

  expect(server.openCount).toBe(0);
});

test("closing doesn't wait for ever for a transaction that never ends, and tells those behind it", async () => {
  const { server, source } = connected({ maxConnections: 1, acquireTimeoutMs: 50 });
  const lease = await source.begin("begin");
  const waiting = expect(source.begin("begin")).rejects.toMatchObject({ code: "E_CLOSED" });
  // No timer comes before it waits and all is closed, however slow the machine is.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  expect(source.stats().waiting).toBe(1);
  await source.close();
  expect(server.openCount).toBe(0);
  await waiting;
  lease.release(false);
});

test("where no further connection can be opened, a query waits on one that is held up", async () => {
  let nowMs = 0;
  const { server, source } = connected({}, { ...systemClock, monotonicMs: () => nowMs });
  let answer: (() => void) | undefined;
  server.intercept = (text) =>
    text === "get slow" ? new Promise((resolve) => (answer = resolve)) : undefined;
  server.openError = new Error("too many connections");
  const slow = get(source, "slow");
  await tick();
  nowMs = 1_000;
  const behind = get(source);
  await tick();
  answer!();
  expect(await slow).toEqual([[null]]);
  expect(await behind).toEqual([[null]]);
  await source.close();
});

test("nothing is sent behind a write while a transaction is under way, for whose end it may wait", async () => {
  const { server, source } = connected(
    { sharedConnections: 1 },
    { ...systemClock, monotonicMs: () => 0 },
  );
  const lease = await source.begin("begin");
  let unlock: (() => void) | undefined;
  server.intercept = (text) =>
    text === "set a 1" ? new Promise((resolve) => (unlock = resolve)) : undefined;
  const write = source.write(statementOf("set a 1"), []);
  await tick();
  expect(await Promise.race([get(source, "b"), tick(100)])).toEqual([[null]]);
  unlock!();
  lease.release(false);
  await write;
  await source.close();
});

test("who gives up the wait for a connection leaves the queue at once, and no connection is taken for them", async () => {
  const { server, source } = connected({ maxConnections: 1 });
  const lease = await source.begin("begin");
  const giveUp = new AbortController();
  const waiting = Array.from({ length: 50 }, () =>
    expect(source.begin("begin", false, giveUp.signal)).rejects.toThrow("enough"),
  );
  await tick();
  giveUp.abort(new Error("enough"));
  await Promise.all(waiting);
  expect(source.stats()).toMatchObject({ leased: 1, waiting: 0 });
  lease.release(false);
  (await source.begin("begin")).release(false);

  expect(server.log.filter((line) => line.endsWith("begin")).length).toBe(2);
  await source.close();
});

test("closing waits for what is under way on a connection whose lifetime is over", async () => {
  let nowMs = 0;
  const { server, source } = connected(
    { sharedConnections: 1, maxLifetimeMs: 100 },
    { ...systemClock, monotonicMs: () => nowMs },
  );
  let answer: (() => void) | undefined;
  server.intercept = (text) =>
    text === "get slow" ? new Promise((resolve) => (answer = resolve)) : undefined;
  const slow = get(source, "slow");
  await tick();
  nowMs = 1_000;
  await expect.poll(() => source.stats().idle).toBe(0);
  await tick(1_100);
  expect(source.stats().open).toBe(1);
  const closing = source.close({ timeoutMs: 30_000 });
  await tick(10);
  answer!();
  expect(await slow).toEqual([[null]]);
  await closing;
  expect(server.openCount).toBe(0);
});

test("closing doesn't wait for a server that doesn't answer, and a second call waits for the first", async () => {
  const { server, source } = connected({ sharedConnections: 1 });
  server.connections[0]!.isAlive = false;
  let refuse: (() => void) | undefined;
  server.open = () => new Promise((_, reject) => (refuse = () => reject(new Error("refused"))));
  const asked = expect(get(source)).rejects.toThrow("refused");
  await tick();
  const beganMs = performance.now();
  const closing = source.close({ timeoutMs: 100 });
  await source.close();
  const tookMs = performance.now() - beganMs;
  expect(tookMs).toBeGreaterThanOrEqual(90);
  expect(tookMs).toBeLessThan(10_000);
  await closing;
  refuse!();
  await asked;
});
