import { expect, test } from "vitest";
import { ConflictError, ConnectionError } from "../../core/error.ts";
import { systemClock } from "../../core/clock.ts";
import {
  engineOf,
  inMemoryDialect,
  inMemorySettings,
  InMemoryServer,
  statementOf,
} from "../../../test/connect/in-memory.ts";
import { PooledSource } from "../pool/pool.ts";
import { runTransaction, type TransactionOptions } from "./run-transaction.ts";
import type { Engine } from "../source.ts";
import { transactionInside, type TransactionRunner } from "./transaction.ts";

function connected(): { server: InMemoryServer; engine: Engine; pausesMs: number[] } {
  const server = new InMemoryServer();
  const source = new PooledSource({
    dialect: inMemoryDialect,
    driver: server,
    first: server.connect(),
    settings: {
      ...inMemorySettings,
      acquireTimeoutMs: 60_000,
      sharedConnections: 0,
      maxConnections: 1,
    },
    clock: systemClock,
  });
  const pausesMs: number[] = [];
  return { server, engine: engineOf(source, pausesMs), pausesMs };
}

const setA = async (runner: TransactionRunner): Promise<void> => {
  await runner.write(statementOf("set a 1"), []);
};

/** A server on which another transaction is in the way so many times, whenever this text comes. */
function inTheWay(server: InMemoryServer, text: string, times: number): void {
  let left = times;
  server.intercept = (asked) => {
    if (asked === text && left-- > 0) throw new ConflictError("E_SERIALIZATION");
  };
}

test.each(["set a 1", "commit"])(
  "the whole work is run again after a conflict at %j, with pauses that grow",
  async (text) => {
    const { server, engine, pausesMs } = connected();
    inTheWay(server, text, 5);
    const attempts: number[] = [];
    await runTransaction(engine, {}, async (runner) => {
      attempts.push(runner.facts.attempt);
      await setA(runner);
    });

    expect(attempts).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pausesMs).toEqual([5, 10, 20, 40, 80]);
    expect(server.log.filter((line) => line === "1: begin")).toHaveLength(6);
    expect(server.log.filter((line) => line === "1: rollback")).toHaveLength(5);
    expect(server.stored.get("a")).toBe(1);
    await engine.source.close();
  },
);

test("after six runs the conflict is told, and of one run its own error", async () => {
  const { server, engine } = connected();
  inTheWay(server, "set a 1", Infinity);
  const failed = runTransaction(engine, {}, setA);
  await expect(failed).rejects.toMatchObject({
    code: "E_SERIALIZATION",
    hint: expect.stringContaining("run 6 times"),
    cause: { code: "E_SERIALIZATION" },
  });
  const once = runTransaction(engine, { retries: 0 }, setA);
  await expect(once).rejects.toMatchObject({ hint: "Run the whole transaction again." });
  expect(engine.source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  await engine.source.close();
});

test("a conflict that the work swallows is not taken for a commit, and is run again", async () => {
  const { server, engine } = connected();
  inTheWay(server, "set a 1", 1);
  await runTransaction(engine, {}, async (runner) => {
    await setA(runner).catch(() => {});
  });
  expect(server.stored.get("a")).toBe(1);
  await engine.source.close();
});

test("a conflict in a savepoint is one of the whole transaction, caught or not", async () => {
  const { server, engine } = connected();
  inTheWay(server, "set a 1", 2);
  const attempts: number[] = [];
  await runTransaction(engine, {}, async (runner) => {
    attempts.push(runner.facts.attempt);
    const nested = runner.nest(setA);
    await (runner.facts.attempt === 1 ? nested.catch(() => {}) : nested);
  });
  expect(attempts).toEqual([1, 2, 3]);
  expect(server.log.filter((line) => line.includes("rollback to"))).toEqual([]);
  expect(server.stored.get("a")).toBe(1);
  await engine.source.close();
});

test("what isn't the conflict of this transaction is not run again", async () => {
  const { server, engine } = connected();
  let runs = 0;
  const own = new Error("own");
  const elsewhere = new ConflictError("E_DEADLOCK");
  const works: [unknown, (runner: TransactionRunner) => Promise<void>][] = [
    [own, (runner) => setA(runner).catch(() => Promise.reject(own))],
    [elsewhere, () => Promise.reject(elsewhere)],
  ];
  for (const [error, work] of works) {
    inTheWay(server, "set a 1", Infinity);
    const failed = runTransaction(engine, {}, (runner) => {
      runs++;
      return work(runner);
    });
    await expect(failed).rejects.toBe(error);
  }
  expect(runs).toBe(2);
  await engine.source.close();
});

test("nothing is run again once COMMIT was sent and not answered", async () => {
  const { server, engine } = connected();
  let runs = 0;
  server.intercept = (text, connection) => {
    if (text !== "commit") return;
    connection.isAlive = false;
    throw new ConnectionError("E_CONNECTION_LOST", "lost");
  };
  const failed = runTransaction(engine, {}, (runner) => {
    runs++;
    return setA(runner);
  });
  await expect(failed).rejects.toMatchObject({ code: "E_COMMIT_UNKNOWN" });
  expect(runs).toBe(1);
  await engine.source.close();
});

test("a deadline rolls back work that never ends, and leads to who began it", async () => {
  const { server, engine } = connected();
  const beganMs = performance.now();
  async function beginSomething(): Promise<void> {
    await runTransaction(engine, { timeoutMs: 20 }, async (runner) => {
      await setA(runner);
      await new Promise(() => {});
    });
  }
  const error = (await beginSomething().catch((failure: unknown) => failure)) as Error;

  expect(error).toMatchObject({ code: "E_TIMEOUT" });
  expect(error.stack).toMatch(/beginSomething.*run-transaction\.test/);
  expect(performance.now() - beganMs).toBeLessThan(10_000);
  expect(server.log.slice(-2)).toEqual(["1: cancelled", "1: rollback"]);
  expect(server.stored.size).toBe(0);
  expect(engine.source.stats()).toMatchObject({ leased: 0 });
  await engine.source.close();
});

test("a deadline counts the wait for a connection, which is given back when it comes", async () => {
  const { server, engine } = connected();
  let end: (() => void) | undefined;
  const holder = runTransaction(engine, {}, () => new Promise<void>((resolve) => (end = resolve)));
  let isRun = false;
  const late = runTransaction(engine, { timeoutMs: 10 }, async () => {
    isRun = true;
  });
  await expect(late).rejects.toMatchObject({ code: "E_TIMEOUT" });
  end!();
  await holder;
  await runTransaction(engine, {}, setA);
  expect(isRun).toBe(false);
  expect(server.stored.get("a")).toBe(1);
  expect(engine.source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  await engine.source.close();
});

test("a signal ends the work, before it begins or in its midst", async () => {
  const { server, engine } = connected();
  const reason = new Error("the user left");
  const aborted = runTransaction(engine, { signal: AbortSignal.abort(reason) }, setA);
  await expect(aborted).rejects.toMatchObject({ code: "E_CANCELLED" });
  expect(server.log).toEqual([]);

  const controller = new AbortController();
  const failed = runTransaction(engine, { signal: controller.signal }, async (runner) => {
    await setA(runner);
    controller.abort(reason);
    await setA(runner);
  });
  await expect(failed).rejects.toMatchObject({ code: "E_CANCELLED" });
  expect(server.stored.size).toBe(0);
  expect(server.log.at(-1)).toBe("1: rollback");
  await engine.source.close();
});

test("a COMMIT that is under way when the time is over is waited for", async () => {
  const { server, engine } = connected();
  server.intercept = async (text) => {
    if (text === "commit") await new Promise((resolve) => setTimeout(resolve, 40));
  };
  await runTransaction(engine, { timeoutMs: 15 }, setA);
  expect(server.stored.get("a")).toBe(1);
  await engine.source.close();
});

test("each run is inside of its transaction, and what follows the commit outside", async () => {
  const { server, engine } = connected();
  inTheWay(server, "set a 1", 1);
  const told: string[] = [];
  const place = (): string =>
    transactionInside(engine.source) === undefined ? "outside" : "inside";
  await runTransaction(engine, {}, async (runner) => {
    runner.whenSettled(async () => void told.push(`settled ${place()}`));
    told.push(`work ${place()}`);
    await setA(runner);
  });
  expect(told).toEqual(["work inside", "work inside", "settled outside"]);
  expect(place()).toBe("outside");
  await engine.source.close();
});

test("options that make no sense are refused before anything is sent", async () => {
  const { server, engine } = connected();
  const wrong: TransactionOptions[] = [
    { retries: -1 },
    { retries: 1.5 },
    { retries: Number.NaN },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { timeoutMs: 2 ** 31 },
    { timeoutMs: "5" as unknown as number },
  ];
  for (const options of wrong) {
    const failed = runTransaction(engine, options, setA);
    await expect(failed).rejects.toMatchObject({ code: "E_INVALID_VALUE" });
  }
  expect(server.log).toEqual([]);
  await engine.source.close();
});
