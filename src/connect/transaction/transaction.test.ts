import { expect, test } from "vitest";
import { ConnectionError } from "../../core/error.ts";
import { systemClock } from "../../core/clock.ts";
import {
  engineOf,
  inMemoryDialect,
  inMemorySettings,
  InMemoryServer,
  statementOf,
} from "../../../test/connect/in-memory.ts";
import { PooledSource } from "../pool/pool.ts";
import { runTransaction } from "./run-transaction.ts";
import type { TransactionRunner } from "./transaction.ts";

function connected(): { server: InMemoryServer; source: PooledSource } {
  const server = new InMemoryServer();
  const source = new PooledSource({
    dialect: inMemoryDialect,
    driver: server,
    first: server.connect(),
    settings: { ...inMemorySettings, sharedConnections: 0 },
    clock: systemClock,
  });
  return { server, source };
}

const run = <Result>(
  source: PooledSource,
  work: (runner: TransactionRunner) => Promise<Result>,
): Promise<Result> => runTransaction(engineOf(source), {}, work);

test("reads are sent right behind BEGIN, and a write waits for it", async () => {
  const { server, source } = connected();
  let letBegin: (() => void) | undefined;
  server.intercept = (text) =>
    text === "begin" ? new Promise((resolve) => (letBegin = resolve)) : undefined;
  const done = run(source, async (runner) => {
    const read = runner.rows(statementOf("get a"), []);
    const write = runner.write(statementOf("set a 1"), []);
    await new Promise((resolve) => setTimeout(resolve, 5));
    letBegin!();
    await Promise.all([read, write]);
    return runner.rows(statementOf("get a"), []);
  });

  expect(await done).toEqual([[1]]);
  expect(server.log.map((line) => line.slice(3))).toEqual([
    "begin",
    "get a",
    "set a 1",
    "get a",
    "commit",
  ]);
  expect(server.stored.get("a")).toBe(1);
  await source.close();
});

test("a read that is asked behind a write is sent behind it, also while BEGIN isn't answered", async () => {
  const { server, source } = connected();
  const answers = run(source, async (runner) =>
    Promise.all([
      runner.rows(statementOf("get a"), []),
      runner.write(statementOf("set a 1"), []),
      runner.rows(statementOf("get a"), []),
      runner.row(statementOf("get a"), []),
    ]),
  );

  const [before, , after, row] = await answers;
  expect([before, after, row]).toEqual([[[null]], [[1]], [1]]);
  expect(server.log.map((line) => line.slice(3))).toEqual([
    "begin",
    "get a",
    "set a 1",
    "get a",
    "get a",
    "commit",
  ]);
  await source.close();
});

test("nothing is written when BEGIN fails behind a read that went well", async () => {
  const { server, source } = connected();
  const refusal = new Error("too many transactions");
  server.intercept = (text) => {
    if (text === "begin") throw refusal;
  };
  const attempts: ((runner: TransactionRunner) => Promise<unknown>)[] = [
    async (runner) => {
      await runner.rows(statementOf("get a"), []);
      await runner.write(statementOf("set a 1"), []);
    },
    async (runner) => {
      await runner.rows(statementOf("get a"), []);
      await runner.rows(statementOf("set a 1 returning"), []);
    },
    async (runner) => {
      await runner.row(statementOf("get a"), []);
      await runner.named(statementOf("set a 1"), []);
    },
    async (runner) => {
      await Promise.allSettled([
        runner.write(statementOf("set a 1"), []),
        runner.write(statementOf("set b 1"), []),
      ]);
    },
    (runner) => runner.nest(async (inner) => inner.write(statementOf("set a 1"), [])),
    async (runner) => {
      await runner.rows(statementOf("get a"), []);
    },
    async () => undefined,
  ];
  for (const attempt of attempts) await expect(run(source, attempt)).rejects.toBe(refusal);

  expect(server.log.filter((line) => line.includes("set"))).toEqual([]);
  expect(server.stored.size).toBe(0);
  expect(source.stats()).toMatchObject({ leased: 0, waiting: 0 });
  server.intercept = () => {};
  await run(source, async (runner) => runner.write(statementOf("set a 2"), []));
  expect(server.stored.get("a")).toBe(2);
  await source.close();
});

test("a connection that breaks at COMMIT leaves the outcome unknown, and is not used again", async () => {
  const { server, source } = connected();
  server.intercept = (text, connection) => {
    if (text !== "commit") return;
    connection.isAlive = false;
    throw new ConnectionError("E_CONNECTION_LOST", "lost");
  };
  const failed = run(source, async (runner) => runner.write(statementOf("set a 1"), []));
  await expect(failed).rejects.toMatchObject({
    code: "E_COMMIT_UNKNOWN",
    cause: { code: "E_CONNECTION_LOST" },
  });

  server.intercept = () => {};
  await run(source, async (runner) => runner.write(statementOf("set a 2"), []));
  expect(server.log.at(-1)).toBe("2: commit");
  expect(source.stats()).toMatchObject({ open: 1, leased: 0 });
  await source.close();
});

test("a COMMIT that the server refuses rolls back and tells why", async () => {
  const { server, source } = connected();
  const refusal = new Error("deferred constraint");
  server.intercept = (text) => {
    if (text === "commit") throw refusal;
  };
  await expect(
    run(source, async (runner) => runner.write(statementOf("set a 1"), [])),
  ).rejects.toBe(refusal);

  expect(server.log.at(-1)).toBe("1: rollback");
  expect(server.stored.size).toBe(0);
  await source.close();
});

test("the first error is told when ROLLBACK fails too, and the connection is closed", async () => {
  const { server, source } = connected();
  const first = new Error("first");
  server.intercept = (text) => {
    if (text === "rollback") throw new Error("second");
  };
  await expect(run(source, () => Promise.reject(first))).rejects.toBe(first);

  expect(server.connections[0]!.isAlive).toBe(false);
  expect(source.stats()).toMatchObject({ leased: 0 });
  await run(source, async (runner) => runner.write(statementOf("set a 1"), []));
  expect(server.stored.get("a")).toBe(1);
  await source.close();
});

test("a savepoint is named unlike those that are open around it, and ends before them", async () => {
  const { server, source } = connected();
  await run(source, async (runner) => {
    for (let at = 0; at < 3; at++) {
      await runner.nest(async (inner) => {
        await inner.nest((innermost) => innermost.nest(async () => {}));
        await inner.nest(async () => {});
      });
    }
  });
  const open: string[] = [];
  let made = 0;
  for (const line of server.log) {
    const [, verb, name] = /: (savepoint|release savepoint) (\w+)/.exec(line) ?? [];
    if (verb === "savepoint") {
      expect(open).not.toContain(name);
      open.push(name!);
      made++;
    } else if (verb !== undefined) expect(open.pop()).toBe(name);
  }
  expect([made, open]).toEqual([12, []]);
  await source.close();
});

test("a write that waits for BEGIN is not sent once the transaction is rolled back", async () => {
  const { server, source } = connected();
  const stop = new Error("stop");
  let late: Promise<unknown> | undefined;
  const failed = run(source, async (runner) => {
    late = runner.write(statementOf("set a 1"), []) as Promise<unknown>;
    late.catch(() => {});
    throw stop;
  });
  await expect(failed).rejects.toBe(stop);
  await expect(late).rejects.toMatchObject({ code: "E_TRANSACTION_CLOSED" });
  expect(server.stored.size).toBe(0);
  await source.close();
});

test("a nested transaction ends with the one around it, and touches the connection no more", async () => {
  const { server, source } = connected();
  const stop = new Error("stop");
  let nested: Promise<unknown> | undefined;
  const failed = run(source, async (runner) => {
    nested = runner.nest(async (inner) => {
      await inner.write(statementOf("set a 1"), []);
      await inner.nest(async (innermost) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        await innermost.write(statementOf("set b 1"), []);
      });
    });
    nested.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 1));
    throw stop;
  });
  await expect(failed).rejects.toBe(stop);
  await expect(nested).rejects.toMatchObject({ code: "E_TRANSACTION_CLOSED" });
  expect(server.log.at(-1)).toBe("1: rollback");
  expect(server.stored.size).toBe(0);
  await source.close();
});

test("COMMIT waits for a nested transaction that nobody awaited", async () => {
  const { server, source } = connected();
  await run(source, async (runner) => {
    void runner.nest(async (inner) => {
      await inner.write(statementOf("set a 1"), []);
      void inner.nest(async (innermost) => innermost.write(statementOf("set b 1"), []));
    });
  });
  expect([...server.stored.keys()]).toEqual(["a", "b"]);
  expect(server.log.at(-1)).toBe("1: commit");
  await source.close();
});

test("the outer handle nests inside of the transaction that runs, which would otherwise wait for itself", async () => {
  const { server, source } = connected();
  await run(source, (runner) =>
    runner.nest((inner) =>
      Promise.all([
        runner.nest((deeper) => deeper.write(statementOf("set a 1"), []) as Promise<unknown>),
        inner.nest((deeper) => deeper.write(statementOf("set b 1"), []) as Promise<unknown>),
      ]),
    ),
  );
  expect([...server.stored.keys()]).toEqual(["a", "b"]);
  expect(server.log.filter((line) => line.includes(": savepoint"))).toEqual([
    "1: savepoint plinth_1",
    "1: savepoint plinth_2",
    "1: savepoint plinth_2",
  ]);
  await source.close();
});

test("what is gathered is done before COMMIT, all together, but for that of savepoints rolled back", async () => {
  const { server, source } = connected();
  const seen: (readonly string[])[] = [];
  const gatherer = {
    beforeCommit: async (runner: TransactionRunner, items: readonly string[]) => {
      seen.push(items);
      await runner.write(statementOf(`set gathered ${items.length}`), []);
      // What is left meanwhile is done, too.
      if (items.length > 1) runner.gather(gatherer, "last");
    },
  };
  await run(source, async (runner) => {
    runner.gather(gatherer, "a");
    await runner.nest(async (inner) => inner.gather(gatherer, "b", "c"));
    const failed = runner.nest(async (inner) => {
      inner.gather(gatherer, "d");
      throw new Error("undo");
    });
    await failed.catch(() => undefined);
    void runner.nest(async (inner) => inner.gather(gatherer, "e"));
  });
  expect(seen).toEqual([["a", "b", "c", "e"], ["last"]]);
  expect(server.log.at(-1)).toBe("1: commit");
  expect(server.stored.get("gathered")).toBe(1);

  const refusal = new Error("no");
  const refusing = { beforeCommit: () => Promise.reject(refusal) };
  await expect(run(source, async (runner) => runner.gather(refusing, 1))).rejects.toBe(refusal);
  expect(server.log.at(-1)).toBe("1: rollback");
  await source.close();
});
