import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  and,
  connect,
  createTables,
  defineSchema,
  eq,
  gte,
  integer,
  isNull,
  sql,
  sum,
  table,
  timestamp,
  varchar,
  type Database,
} from "plinth";
import { describe, expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { startProxy } from "../servers/proxy.ts";

const users = table("users", {
  id: integer().primaryKey(),
  credits: integer().notNull(),
  deactivatedAt: timestamp(),
});

const transfers = table("transactions", {
  id: integer().primaryKey().autoIncrement(),
  fromUserId: integer().notNull(),
  toUserId: integer().notNull(),
  amount: integer().notNull(),
  type: varchar({ length: 20 }).notNull(),
});

const schema = defineSchema({ users, transfers });

class InsufficientCredits extends Error {}

/** As wizard transfers credits: look, take, give, note. */
function transferCredits(
  db: Database,
  fromUserId: number,
  toUserId: number,
  amount: number,
): Promise<void> {
  return db.transaction(
    async (tx) => {
      const from = await tx
        .from(users)
        .where(and(eq(users.id, fromUserId), isNull(users.deactivatedAt)))
        .first();
      if (from === undefined || from.credits < amount) throw new InsufficientCredits();
      const taken = { credits: sql<number>`${users.credits} - ${amount}` };
      await tx.update(users).set(taken).where(eq(users.id, fromUserId));
      const given = { credits: sql<number>`${users.credits} + ${amount}` };
      await tx.update(users).set(given).where(eq(users.id, toUserId));
      await tx.insert(transfers).values({ fromUserId, toUserId, amount, type: "transfer" });
    },
    { isolation: "serializable", retries: 100 },
  );
}

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const servers = testServers();

describe.each(servers)("on $name", (server) => {
  async function opened(): Promise<{ db: Database; url: string } & AsyncDisposable> {
    const own = await createTestDatabase(server);
    const db = await connect(own.url);
    await createTables(db, schema);
    const end = async (): Promise<void> => {
      await db.close();
      await own.drop();
    };
    return { db, url: own.url, [Symbol.asyncDispose]: end };
  }

  test("50 transfers of credits at once keep their sum, and nobody falls below nothing", async () => {
    await using own = await opened();
    const { db } = own;
    await db.insert(users).values([1, 2, 3, 4, 5].map((id) => ({ id, credits: 100 })));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) =>
        transferCredits(db, (at % 5) + 1, ((at * 3 + 1) % 5) + 1, 10 + (at % 7) * 10),
      ),
    );
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" && !(outcome.reason instanceof InsufficientCredits)
        ? [outcome.reason]
        : [],
    );
    expect(failures).toEqual([]);
    const done = outcomes.filter(({ status }) => status === "fulfilled").length;
    expect(await db.from(transfers).count()).toBe(done);
    expect(done).toBeGreaterThan(5);
    expect(await db.select({ sum: sum(users.credits) }).from(users)).toEqual([{ sum: 500 }]);
    expect(await db.from(users).where(gte(users.credits, 0)).count()).toBe(5);
  });

  const steps = isLong ? 50 : 10;
  test(`8 × ${steps} serializable increments are exactly ${8 * steps}`, async () => {
    await using own = await opened();
    const { db } = own;
    await db.insert(users).values({ id: 1, credits: 0 });
    let tries = 0;
    const increment = (): Promise<void> =>
      db.transaction(
        async (tx) => {
          tries++;
          const { credits } = await tx.from(users).where(eq(users.id, 1)).one();
          await tx
            .update(users)
            .set({ credits: credits + 1 })
            .where(eq(users.id, 1));
        },
        { isolation: "serializable", retries: 1_000 },
      );
    const worker = async (): Promise<void> => {
      for (let step = 0; step < steps; step++) await increment();
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect((await db.from(users).one()).credits).toBe(8 * steps);
    console.log(`${server.name}: ${8 * steps} increments took ${tries} tries`);
  });
});

describe.each(servers.filter(({ url }) => url !== undefined))("on $name", (server) => {
  test("a connection cut when COMMIT is under way leaves the outcome unknown, and nothing is run again", async () => {
    const own = await createTestDatabase(server);
    await using proxy = await startProxy(own.url);
    await using db = await connect(proxy.lead(own.url));
    await createTables(db, schema);
    let runs = 0;
    const outcome = db.transaction(async (tx) => {
      runs++;
      await tx.insert(users).values({ id: 1, credits: 1 });
      proxy.swallow("answers");
    });
    const told = outcome.then(
      () => undefined,
      (error: unknown) => error,
    );
    {
      // Until the server has committed it.
      await using direct = await connect(own.url);
      while ((await direct.from(users).count()) === 0) await sleep(5);
    }
    proxy.cut();
    expect(await told).toMatchObject({ code: "E_COMMIT_UNKNOWN" });
    expect(runs).toBe(1);
    await db.close();
    await own.drop();
  });

  test("a connection that was lost before COMMIT is told as lost: nothing is committed for certain", async () => {
    const own = await createTestDatabase(server);
    await using proxy = await startProxy(own.url);
    await using db = await connect(proxy.lead(own.url));
    await createTables(db, schema);
    const outcome = db.transaction(async (tx) => {
      await tx.insert(users).values({ id: 1, credits: 1 });
      proxy.cut();
      await sleep(100);
    });
    await expect(outcome).rejects.toMatchObject({ code: "E_CONNECTION_LOST", mayHaveRun: false });
    expect(await db.from(users).count()).toBe(0);
    await db.close();
    await own.drop();
  });

  test("a statement that is under way when the time is over is ended on the server", async () => {
    const own = await createTestDatabase(server);
    await using db = await connect(own.url);
    const isPostgres = server.name.startsWith("postgres");
    const slow = sql.raw(isPostgres ? "select pg_sleep(20)" : "select sleep(20)");
    const beganMs = performance.now();
    const late = db.transaction((tx) => tx.execute(slow), { timeoutMs: 200 });
    await expect(late).rejects.toMatchObject({ code: "E_TIMEOUT" });
    const tookMs = performance.now() - beganMs;
    console.log(`${server.name}: a transaction of 200 ms ended after ${tookMs.toFixed(0)} ms`);
    expect(tookMs).toBeLessThan(15_000);
    const running = isPostgres
      ? sql<{ n: number }>`select count(*) as n from pg_stat_activity
          where datname = current_database() and query like ${"%pg_sleep%"} and state = ${"active"} and pid <> pg_backend_pid()`
      : sql<{ n: number }>`select count(*) as n from information_schema.processlist
          where db = database() and info like ${"select sleep%"}`;
    await expect.poll(async () => Number((await db.execute(running)).rows[0]!.n)).toBe(0);
    expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    await db.close();
    await own.drop();
  });
});

test.each(servers.filter(({ name }) => name === "mariadb"))(
  "on $name a wait for a lock that took too long undoes all of the transaction, which is run again",
  async (server) => {
    const own = await createTestDatabase(server);
    await using db = await connect(own.url);
    await createTables(db, schema);
    await db.insert(users).values([1, 2].map((id) => ({ id, credits: 0 })));
    const holder = await db.begin();
    await holder.update(users).set({ credits: 5 }).where(eq(users.id, 2));
    const attempts: number[] = [];
    const late = db.transaction(async (tx) => {
      attempts.push(tx.attempt);
      const seconds = tx.attempt === 1 ? 1 : 50;
      await tx.execute(sql.raw(`set innodb_lock_wait_timeout = ${seconds}`));
      for (const id of [1, 2])
        await tx
          .update(users)
          .set({ credits: sql<number>`${users.credits} + 1` })
          .where(eq(users.id, id));
    });
    await expect.poll(() => attempts).toEqual([1, 2]);
    await holder.commit();
    await late;
    const credits = (await db.from(users).orderBy(users.id)).map((user) => user.credits);
    expect(credits).toEqual([1, 6]);
    expect(attempts).toEqual([1, 2]);
    await db.close();
    await own.drop();
  },
);

test.each(servers.filter(({ name }) => name === "mariadb"))(
  "on $name a deadlock that is not tried again is told with its two statements, without their values",
  async (server) => {
    const own = await createTestDatabase(server);
    await using db = await connect(own.url);
    await createTables(db, schema);
    await db.insert(users).values([1, 2].map((id) => ({ id, credits: 0 })));
    const both = Promise.withResolvers<void>();
    let waiting = 0;
    const crossing = (first: number, second: number): Promise<void> =>
      db.transaction(
        async (tx) => {
          await tx.update(users).set({ credits: 1 }).where(eq(users.id, first));
          if (++waiting === 2) both.resolve();
          await both.promise;
          await tx.execute(sql.raw(`update users set credits = 4711 where id = ${second}`));
        },
        { retries: 0 },
      );
    const [reason] = (await Promise.allSettled([crossing(1, 2), crossing(2, 1)])).flatMap(
      (outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []),
    );
    const statement = "update users set credits = ? where id = ?";
    expect(reason).toMatchObject({
      code: "E_DEADLOCK",
      statements: [statement, statement],
      message: expect.stringContaining(statement),
    });
    expect(inspect(reason, { depth: 20, showHidden: true })).not.toContain("4711");
    await db.close();
    await own.drop();
  },
);
