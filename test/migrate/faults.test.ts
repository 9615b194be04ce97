import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { connect, sql } from "plinth";
import { expect, test } from "vitest";
import { Session } from "../../src/connect/session.ts";
import { takeSessionLock } from "../../src/migrate/run/lock.ts";
import { registered } from "../../src/migrate/migration.ts";
import { applyMigrations, readStatus } from "../../src/migrate/run/runner.ts";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { steps } from "./steps.ts";

const isLong = process.env["PLINTH_TEST_LONG"] !== undefined;
const hook = fileURLToPath(new URL("../docs/plinth-from-sources.mjs", import.meta.url));
const program = fileURLToPath(new URL("killed.ts", import.meta.url));
const servers = testServers().filter(
  ({ name }) => name !== "sqlite memory" && name !== "postgres 15",
);

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly err: string;
}

function run(url: string, place: number, way = "up"): Promise<End> {
  const child = spawn(process.execPath, ["--import", hook, program, url, String(place), way], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let err = "";
  child.stderr.on("data", (text: Buffer) => (err += text.toString()));
  return new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, err })),
  );
}

/** Runs until it ends well, as somebody would who does what the errors say. */
async function recover(url: string): Promise<void> {
  let { code, err } = await run(url, -1);
  if (code !== 0 && err.includes("E_MIGRATION_DIRTY"))
    ({ code, err } = await run(url, -1, "resume"));
  expect(`${code} ${err}`).toBe("0 ");
}

for (const server of servers) {
  test(
    `killed at any statement on ${server.name}, migrations are done once and wholly afterwards`,
    { timeout: 600_000 },
    async () => {
      let deaths = 0;
      const stride = isLong ? 1 : 11;
      for (let place = 1; ; place += stride) {
        const database = await createTestDatabase(server);
        const end = await run(database.url, place);
        const isDead = end.signal === "SIGKILL";
        if (isDead) {
          deaths++;
          await recover(database.url);
        } else expect(`${end.code} ${end.err}`).toBe("0 ");
        const db = await connect(database.url);
        const { rows } = await db.execute(sql`select credits from accounts`);
        expect(rows, `killed at ${place}`).toEqual([{ credits: 1_202 }]);
        const audits = await db.execute(sql`select id from audits order by id`);
        expect(audits.rows, `killed at ${place}`).toEqual([{ id: 1 }, { id: 2 }]);
        const states = (await readStatus(db, registered(steps))).map(({ state }) => state);
        expect(states).toEqual(["applied", "applied", "applied"]);
        await db.close();
        await database.drop();
        if (!isDead) break;
      }
      process.stdout.write(`${server.name}: ${deaths} deaths, none lost anything\n`);
      expect(deaths).toBeGreaterThanOrEqual(isLong ? 40 : 3);
    },
  );

  test(
    `eight processes at once on ${server.name} apply each migration once`,
    { timeout: 60_000 },
    async () => {
      const database = await createTestDatabase(server);
      const ends = await Promise.all(
        Array.from({ length: isLong ? 8 : 4 }, () => run(database.url, -1)),
      );
      expect(ends.map(({ code, err }) => `${code} ${err}`)).toEqual(ends.map(() => "0 "));
      const db = await connect(database.url);
      expect((await db.execute(sql`select credits from accounts`)).rows).toEqual([
        { credits: 1_202 },
      ]);
      await db.close();
      await database.drop();
    },
  );
}

test("waits for whoever migrates, no longer than it was told, and goes on when that one dies", async () => {
  for (const server of servers) {
    const database = await createTestDatabase(server);
    const holder = await connect(database.url);
    const db = await connect(database.url);
    const session = await Session.open(holder["~engine"]);
    if (session.dialect.can.isEmbedded) await session.script("begin immediate");
    else await takeSessionLock(session, 30_000);
    const startMs = performance.now();
    await expect(
      applyMigrations(db, registered(steps), { lockTimeoutMs: 300 }),
      server.name,
    ).rejects.toMatchObject({ code: /^E_(?:MIGRATION_LOCKED|POOL_TIMEOUT)$/ });
    expect(performance.now() - startMs).toBeLessThan(30_000);
    // The connection's end releases the lock, without a word of the holder's.
    session.release(true);
    await holder.close();
    expect(await applyMigrations(db, registered(steps), { lockTimeoutMs: 30_000 })).toHaveLength(3);
    await db.close();
    await database.drop();
  }
});

test("changes nothing on a database that can't be written", async () => {
  const database = await createTestDatabase({ name: "sqlite file", url: undefined });
  const first = await connect(database.url);
  await first.execute(sql`create table other (id integer)`);
  await first.close();
  const db = await connect(`${database.url}?mode=ro`);
  await expect(applyMigrations(db, registered(steps))).rejects.toMatchObject({
    code: "E_READ_ONLY",
  });
  expect(await readStatus(db, registered(steps))).toMatchObject([
    { state: "pending" },
    { state: "pending" },
    { state: "pending" },
  ]);
  await db.close();
  await database.drop();
});

test("leaves nothing of a migration for which the disk is too small", async () => {
  const database = await createTestDatabase({ name: "sqlite file", url: undefined });
  const db = await connect(database.url);
  const [{ page_count: pages } = { page_count: 0 }] = (
    await db.execute<{ page_count: number }>(sql`pragma page_count`)
  ).rows;
  await applyMigrations(db, registered(steps));
  await db.execute(sql.raw(`pragma max_page_count = ${Number(pages) + 20}`) as never);
  const large = {
    name: "004_large",
    up: `create table large (body text);
      insert into large with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000)
        select hex(randomblob(2000)) from n;`,
  };
  await expect(applyMigrations(db, registered([...steps, large]))).rejects.toMatchObject({
    code: "E_MIGRATION_FAILED",
    message: expect.stringMatching(/004_large.*statement 2/s) as unknown,
  });
  const { rows } = await db.execute(sql`select name from sqlite_schema where name = 'large'`);
  expect(rows).toEqual([]);
  await db.execute(sql.raw("pragma max_page_count = 1000000") as never);
  expect(await applyMigrations(db, registered([...steps, large]))).toHaveLength(1);
  await db.close();
  await database.drop();
});
