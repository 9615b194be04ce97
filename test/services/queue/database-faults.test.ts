import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, count, countDistinct, createTables, sql, type Database } from "plinth";
import { createDatabaseQueue, type DatabaseQueue } from "plinth/outbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestDatabase } from "../../servers/databases.ts";
import { runs, schema, type Jobs } from "./database-kit.ts";
import { until } from "./kit.ts";

/** Cuts all connections to the database but this one. */
async function cutOthers(db: Database): Promise<void> {
  if (db.server.product === "postgres") {
    await db.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    return;
  }
  const { rows } = await db.execute<{ id: number }>(
    sql`select id from information_schema.processlist where db = database() and id <> connection_id()`,
  );
  for (const { id } of rows) await db.execute(sql`kill ${id}`).catch(() => {});
}

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const workerFile = fileURLToPath(new URL("./database-worker.ts", import.meta.url));

const servers = testServers().filter(({ name }) =>
  ["mariadb", "postgres 18", "sqlite file"].includes(name),
);

describe.each(servers)("a queue on $name, in several processes", (server) => {
  let own: TestDatabase;
  let db: Database<typeof schema>;
  let queue: DatabaseQueue<Jobs>;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    own = await createTestDatabase(server);
    db = await connect(own.url, { schema });
    await createTables(db, schema);
    queue = createDatabaseQueue<Jobs>(db);
  });
  afterAll(async () => {
    await Promise.all([...children].map((child) => end(child, "SIGKILL")));
    await queue.close();
    await db.close();
    await own.drop();
  });

  async function start(options: { role?: string; leaseMs?: number; leapMs?: number } = {}) {
    const { leapMs = 0, leaseMs = 10_000, role = "work" } = options;
    const child = fork(workerFile, [own.url, role, String(leapMs)], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
      env: { ...process.env, LEASE_MS: String(leaseMs) },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.add(child);
    await once(child, "message");
    return child;
  }

  async function end(child: ChildProcess, how: "SIGKILL" | "stop"): Promise<void> {
    if (!children.delete(child)) return;
    if (how === "stop") child.send("stop");
    else child.kill(how);
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

  const isEmpty = async (): Promise<boolean> => {
    const { active, delayed, waiting } = await queue.counts();
    return active + delayed + waiting === 0;
  };

  const addJobs = async (name: "once" | "run", total: number, payload: number): Promise<void> => {
    const jobs = Array.from({ length: total }, () => ({ name, payload, attempts: 50 }));
    await queue.addMany(jobs);
  };

  const ranHowOften = async (): Promise<{ total: number; jobs: number; workers: number }> =>
    await db
      .select({
        total: count(),
        jobs: countDistinct(runs.job),
        workers: countDistinct(runs.worker),
      })
      .from(runs)
      .one();

  test("eight workers do each job once", async () => {
    const total = isLong ? 20_000 : 2_000;
    await db.delete(runs).all();
    const workers = await Promise.all(Array.from({ length: 8 }, () => start()));
    const startMs = performance.now();
    await addJobs("run", total, 0);
    await until(isEmpty, 300_000);
    const seconds = (performance.now() - startMs) / 1_000;
    await Promise.all(workers.map((each) => end(each, "stop")));
    const ran = await ranHowOften();
    process.stdout.write(
      `  queue on ${server.name}: 8 processes, ${total} jobs, ${ran.total - ran.jobs} done twice, ${Math.round(total / seconds)} a second\n`,
    );
    expect([ran.total, ran.jobs]).toEqual([total, total]);
    expect(ran.workers).toBeGreaterThan(1);
  });

  for (const name of ["run", "once"] as const) {
    const what =
      name === "once" ? "once where they complete it with what it writes" : "at least once";
    test(`promise 34: whoever is killed, every job is done, ${what}`, async () => {
      const total = isLong ? 10_000 : 600;
      await db.delete(runs).all();
      const leaseMs = 1_000;
      const workers = await Promise.all(Array.from({ length: 4 }, () => start({ leaseMs })));
      await addJobs(name, total, 40);
      let kills = 0;
      while (!(await isEmpty()) && kills < (isLong ? 40 : 6)) {
        await sleep(60);
        const at = kills++ % workers.length;
        await end(workers[at]!, "SIGKILL");
        workers[at] = await start({ leaseMs });
      }
      await until(isEmpty, 300_000);
      await Promise.all(workers.map((each) => end(each, "stop")));
      const ran = await ranHowOften();
      const { dead } = await queue.counts();
      process.stdout.write(
        `  promise 34 on ${server.name}, ${name}: ${total} jobs, ${kills} kills -9, ${total - ran.jobs} missed, ${ran.total - ran.jobs} run again, ${dead} dead\n`,
      );
      expect([ran.jobs, dead]).toEqual([total, 0]);
      // At most those that were in the hands of who was killed.
      expect(ran.total - ran.jobs).toBeLessThanOrEqual(name === "once" ? 0 : kills * 16);
    });
  }

  if (server.url !== undefined)
    test("connections that are cut cost no job, and stop no worker", async () => {
      const total = 400;
      const done = new Map<string, number>();
      const worker = await queue.work(
        "run",
        async (ms, { id }) => {
          await sleep(ms);
          done.set(id, (done.get(id) ?? 0) + 1);
        },
        { concurrency: 8, leaseMs: 1_000 },
      );
      await addJobs("run", total, 10);
      let cuts = 0;
      await using other = await connect(own.url);
      while (done.size < total && cuts < 5) {
        await cutOthers(other);
        cuts++;
        await sleep(100);
      }
      await until(async () => done.size === total && (await isEmpty()), 60_000);
      await worker.stop();
      const again = [...done.values()].filter((times) => times > 1).length;
      process.stdout.write(
        `  queue on ${server.name}: all connections cut ${cuts} times, ${total - done.size} of ${total} jobs missed, ${again} run again\n`,
      );
      expect(done.size).toBe(total);
      expect(await queue.counts()).toMatchObject({ dead: 0, active: 0 });
    });

  test("promise 33: what is rolled back was never added, what is committed is done", async () => {
    const rounds = isLong ? 2_000 : 200;
    await db.delete(runs).all();
    const worker = await start();
    const committed: string[] = [];
    const add = async (round: number): Promise<void> => {
      let added: string[] = [];
      const isKept = await db
        .transaction(async (tx) => {
          const one = await queue.add("run", 0, { tx, unique: `key ${round % 7}` });
          const many = await queue.addMany([{ name: "run", payload: 0 }], { tx });
          added = [one, ...many].filter(({ isNew }) => isNew).map(({ id }) => id);
          if (round % 3 === 0) throw new Error("no");
          if (round % 3 === 1) {
            const inner = tx.transaction(async (nested) => {
              await queue.add("run", 0, { tx: nested });
              throw new Error("not this");
            });
            await inner.catch(() => {});
          }
          return true;
        })
        .catch(() => false);
      if (isKept) committed.push(...added);
    };
    for (let round = 0; round < rounds; round += 5) {
      await Promise.all([0, 1, 2, 3, 4].map((offset) => add(round + offset)));
    }
    await until(isEmpty, 60_000);
    await end(worker, "stop");
    const ran = new Set((await db.from(runs)).map(({ job }) => job));
    const missed = committed.filter((id) => !ran.has(id)).length;
    const phantoms = [...ran].filter((id) => !committed.includes(id)).length;
    process.stdout.write(
      `  promise 33 on ${server.name}: ${rounds} transactions, ${committed.length} jobs committed, ${missed} missed, ${phantoms} phantoms\n`,
    );
    expect([missed, phantoms]).toEqual([0, 0]);
  });

  test("a schedule that four processes see to, whose clocks lie hours apart, adds one job for each tick", async () => {
    const leaps = [0, 3_600_000, -3_600_000, 60_000];
    await queue.purge({ state: "waiting" });
    const startMs = Date.now();
    const schedulers = await Promise.all(
      leaps.map((leapMs) => start({ role: "schedule", leapMs })),
    );
    const wanted = isLong ? 29 : 3;
    const tickCount = async (): Promise<number> =>
      (await queue.list("waiting", { name: "tick", limit: 1_000 })).length;
    await until(async () => (await tickCount()) >= wanted, 60_000);
    await Promise.all(schedulers.map((each) => end(each, "stop")));
    const seconds = (Date.now() - startMs) / 1_000;
    const ticks = await queue.list("waiting", { name: "tick", limit: 1_000 });
    const times = new Set(ticks.map(({ addedAt }) => Math.floor(addedAt.getTime() / 1_000)));
    process.stdout.write(
      `  cron on ${server.name}: 4 processes, ${ticks.length} jobs in ${seconds.toFixed(1)} s, ${ticks.length - times.size} in a second that has one\n`,
    );
    expect(ticks.length).toBeGreaterThanOrEqual(wanted);
    expect(ticks.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    // A tick that a busy machine is late with may share its second with the next one.
    expect(times.size).toBeGreaterThanOrEqual(isLong ? ticks.length - 1 : ticks.length / 2);
  });
});
