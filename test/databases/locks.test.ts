import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { connect, sql } from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";

/** Takes the lock, says so, and goes on holding it. */
const HOLD = `
  const { connect } = await import(process.env.TEST_ENTRY);
  const db = await connect(process.env.TEST_URL);
  await db.withLock("one of all processes", async () => {
    console.log("held");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
`;

const servers = testServers().filter(({ name }) => name !== "sqlite memory");

test.each(servers)(
  "a lock of $name holds in other processes, and is free when its holder is killed",
  async (server) => {
    const own = await createTestDatabase(server);
    const db = await connect(own.url);
    const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", HOLD], {
      env: {
        ...process.env,
        TEST_URL: own.url,
        TEST_ENTRY: new URL("../../src/entry/main.ts", import.meta.url).href,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe("held");
      const take = (timeoutMs: number): Promise<string> =>
        db.withLock("one of all processes", async () => "mine", { timeoutMs });
      await expect(take(100)).rejects.toMatchObject({ code: "E_TIMEOUT" });
      child.kill("SIGKILL");
      expect(await take(30_000)).toBe("mine");
    } finally {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await db.close();
      await own.drop();
    }
  },
);

test.each(servers.filter(({ name }) => name.startsWith("postgres")))(
  "a lock whose connection to $name is cut is told as lost, and others are taken after it",
  async (server) => {
    const own = await createTestDatabase(server);
    await using db = await connect(own.url);
    try {
      const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query like ${"%advisory_lock(%"} and pid <> pg_backend_pid()`;
      const lost = db.withLock("cut", () => db.execute(cut));
      await expect(lost).rejects.toMatchObject({ code: "E_CONNECTION_LOST" });
      expect(await db.withLock("cut", async () => "mine", { timeoutMs: 30_000 })).toBe("mine");
      expect(db.stats()).toMatchObject({ leased: 0, waiting: 0 });
    } finally {
      await db.close();
      await own.drop();
    }
  },
);
