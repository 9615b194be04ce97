import { expect, test, vi } from "vitest";
import { systemClock } from "../core/clock.ts";
import {
  inMemoryDialect,
  inMemorySettings,
  InMemoryServer,
  statementOf,
} from "../../test/connect/in-memory.ts";
import { LimitedRunner, type Limits } from "./limits.ts";
import { PooledSource } from "./pool/pool.ts";

function connected(): { server: InMemoryServer; source: PooledSource } {
  const server = new InMemoryServer();
  const source = new PooledSource({
    dialect: inMemoryDialect,
    driver: server,
    first: server.connect(),
    settings: { ...inMemorySettings, maxConnections: 1, acquireTimeoutMs: 60_000 },
    clock: systemClock,
  });
  return { server, source };
}

const dialect = { ...inMemoryDialect, can: { ...inMemoryDialect.can, isEmbedded: false } };

const limited = (source: PooledSource, limits: Limits): LimitedRunner =>
  LimitedRunner.of(source, dialect, limits);

test("a write that was done when the request to end it came is a write that was done", async () => {
  const { server, source } = connected();
  let answer: (() => void) | undefined;
  server.intercept = () => new Promise((resolve) => (answer = resolve));
  const controller = new AbortController();
  const limits = { signal: controller.signal };
  const write = limited(source, limits).write(statementOf("set a 1"), []);
  await expect.poll(() => answer).toBeDefined();
  controller.abort();
  await expect.poll(() => server.log.at(-1)).toMatch(/cancelled/);
  answer!();
  expect(await write).toMatchObject({ affectedRows: 1 });
  expect(source.stats()).toMatchObject({ leased: 0 });
  await source.close();
});

test("one that fails for another reason tells that reason", async () => {
  const { server, source } = connected();
  let fail: ((error: Error) => void) | undefined;
  server.intercept = () => new Promise((_, reject) => (fail = reject));
  const controller = new AbortController();
  const limits = { signal: controller.signal };
  const write = limited(source, limits).write(statementOf("set a 1"), []);
  await expect.poll(() => fail).toBeDefined();
  controller.abort();
  await expect.poll(() => server.log.at(-1)).toMatch(/cancelled/);
  fail!(new Error("unique"));
  await expect(write).rejects.toThrow("unique");
  await source.close();
});

test("a statement that goes on is ended again, as the first request may have come before it", async () => {
  const { server, source } = connected();
  let fail: ((error: Error) => void) | undefined;
  server.intercept = () => new Promise((_, reject) => (fail = reject));
  const controller = new AbortController();
  const read = limited(source, { signal: controller.signal }).rows(statementOf("get a"), []);
  read.catch(() => {});
  await expect.poll(() => fail).toBeDefined();
  controller.abort();
  const requests = (): number => server.log.filter((line) => line.includes("cancelled")).length;
  await expect.poll(requests).toBeGreaterThan(1);
  fail!(new Error("interrupted"));
  await expect(read).rejects.toMatchObject({ code: "E_CANCELLED" });
  await source.close();
});

test("whoever waits for a connection gives up at once, and sends nothing when it comes", async () => {
  const { server, source } = connected();
  let answer: (() => void) | undefined;
  server.intercept = () => new Promise((resolve) => (answer = resolve));
  const holding = source.alone(true, (connection) => connection.script("hold"));
  await expect.poll(() => answer).toBeDefined();
  const controller = new AbortController();
  const write = limited(source, { signal: controller.signal }).write(statementOf("set a 1"), []);
  controller.abort();
  await expect(write).rejects.toMatchObject({ code: "E_CANCELLED" });
  answer!();
  await holding;
  await source.close();
  expect(server.log.filter((line) => line.includes("set"))).toEqual([]);
});

test("a server that answers nothing is not waited for, and its connection not used again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "hrtime"] });
  try {
    const { server, source } = connected();
    server.intercept = () => new Promise(() => {});
    const write = limited(source, { timeoutMs: 5 }).write(statementOf("set a 1"), []);
    const failed = expect(write).rejects.toMatchObject({
      code: "E_TIMEOUT",
      message: expect.stringContaining("not known") as string,
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await failed;
    expect(server.connections.map(({ isAlive }) => isAlive)).toContain(false);
    expect(source.stats()).toMatchObject({ leased: 0 });
  } finally {
    vi.useRealTimers();
  }
});

test("a signal that outlives its queries keeps none of them", async () => {
  const { source } = connected();
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, "removeEventListener");
  for (let at = 0; at < 3; at++) await limited(source, { signal }).rows(statementOf("get a"), []);
  expect(removed).toHaveBeenCalledTimes(3);
  await source.close();
});
