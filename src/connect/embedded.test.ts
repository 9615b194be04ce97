import { expect, test } from "vitest";
import type { Clock } from "../core/clock.ts";
import { sqliteQueryDialect } from "../databases/sqlite/dialect.ts";
import { SqliteConnection } from "../databases/sqlite/connection/driver-node.ts";
import { inMemorySettings, statementOf } from "../../test/connect/in-memory.ts";
import { EmbeddedSource } from "./embedded.ts";

/** SQLITE_BUSY, as node:sqlite throws it. */
const busy = (): Error => Object.assign(new Error("database is locked"), { errcode: 5 });

/** A real connection to memory that is busy for the first statements. */
function busyFor(times: number): {
  source: EmbeddedSource;
  sleptMs: number[];
  attempts: () => number;
} {
  const connection = new SqliteConnection(
    {
      file: ":memory:",
      isReadOnly: false,
      durability: "full",
      locking: "normal",
      cacheKib: undefined,
    },
    false,
  );
  let attempts = 0;
  const sleptMs: number[] = [];
  let nowMs = 0;
  const clock: Clock = {
    monotonicMs: () => nowMs,
    nowMs: () => nowMs,
    sleep: async (durationMs) => {
      sleptMs.push(durationMs);
      nowMs += durationMs;
    },
  };
  const hold = (): void => {
    if (++attempts <= times) throw busy();
  };
  const first = new Proxy(connection, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]): unknown => {
        if (key === "write" || key === "script") hold();
        return Reflect.apply(member, target, parameters);
      };
    },
  });
  const source = new EmbeddedSource({
    dialect: sqliteQueryDialect({ product: "sqlite", version: [3, 50, 0] }),
    driver: { canReadBeside: false, open: () => connection },
    first,
    settings: { ...inMemorySettings, acquireTimeoutMs: 1_000 },
    clock,
    random: () => 1,
  });
  return { source, sleptMs, attempts: () => attempts };
}

test("a busy write is tried again after pauses that grow to a bound", async () => {
  const { source, sleptMs } = busyFor(10);
  await source.write(statementOf("create table t (id integer)"), []);

  // The first attempt is at once; the second, in its turn, is the first that pauses.
  expect(sleptMs).toEqual([1, 2, 4, 5, 5, 5, 5, 5, 5]);
  await source.close();
});

test("a busy BEGIN is tried again, and holds the writer then", async () => {
  const { source } = busyFor(3);
  const lease = await source.begin("begin immediate", false);
  expect(source.stats()).toMatchObject({ leased: 1 });
  await lease.connection.script("rollback");
  lease.release(false);
  expect(source.stats()).toMatchObject({ leased: 0 });
  await source.close();
});

test("a write that stays busy is given up after the time that was allowed, and the writer is free again", async () => {
  const { source, sleptMs, attempts } = busyFor(Infinity);
  await expect(
    async () => await source.write(statementOf("create table t (id integer)"), []),
  ).rejects.toThrow("locked");
  const totalMs = sleptMs.reduce((sum, ms) => sum + ms, 0);
  expect(totalMs).toBeGreaterThanOrEqual(1_000);
  expect(totalMs).toBeLessThan(1_100);
  expect(attempts()).toBeLessThan(220);
  await expect(async () => await source.begin("begin immediate", false)).rejects.toThrow("locked");
  expect(source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  await source.close();
});

test("an error that isn't about a lock is told at once", async () => {
  const { source, sleptMs } = busyFor(0);
  expect(() => source.write(statementOf("insert into nowhere values (1)"), [])).toThrow(
    /no such table/,
  );
  expect(sleptMs).toEqual([]);
  await source.close();
});

test("closing waits for those who were there before, and refuses those who come later", async () => {
  const { source } = busyFor(0);
  await source.write(statementOf("create table t (id integer)"), []);
  const lease = await source.begin("begin immediate", false);
  const waiting = source.write(statementOf("insert into t values (1)"), []);
  const closing = source.close();
  const late = (async () => source.write(statementOf("insert into t values (2)"), []))();
  await lease.connection.script("commit");
  lease.release(false);

  expect(await waiting).toMatchObject({ affectedRows: 1 });
  await expect(late).rejects.toMatchObject({ code: "E_CLOSED" });
  await closing;
  await source.close();
  expect(() => source.row(statementOf("select 1"), [])).toThrowError(
    expect.objectContaining({ code: "E_CLOSED" }),
  );
});

test("who gives up the wait for the writer leaves the queue at once", async () => {
  const { source } = busyFor(0);
  const lease = await source.begin("begin immediate", false);
  const giveUp = new AbortController();
  const waiting = Array.from({ length: 20 }, () =>
    expect((async () => source.begin("begin immediate", false, giveUp.signal))()).rejects.toThrow(
      "enough",
    ),
  );
  const behind = (async () => source.begin("begin immediate", false))();
  expect(source.stats()).toMatchObject({ leased: 1, waiting: 21 });
  giveUp.abort(new Error("enough"));
  await Promise.all(waiting);
  expect(source.stats()).toMatchObject({ leased: 1, waiting: 1 });
  await lease.connection.script("rollback");
  lease.release(false);
  const next = await behind;
  await next.connection.script("rollback");
  next.release(false);
  await source.close();
});
