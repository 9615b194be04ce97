import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestServer } from "./databases.ts";
import { waitUntil } from "./host/ports.ts";
import { connectMariadb } from "./mariadb-connection.ts";
import { query } from "./observe.ts";

describe("a test database", () => {
  const servers = testServers().filter((server) => !server.name.startsWith("sqlite"));

  test.each(servers)("on $name is new, private and gone after its drop", async (server) => {
    const before = openSockets();
    const [first, second] = await Promise.all([
      createTestDatabase(server),
      createTestDatabase(server),
    ]);
    await query(first.url, "create table t (id integer)");
    await expect(query(second.url, "select * from t")).rejects.toThrow(/exist/);

    await first.drop();
    await first.drop();
    await second.drop();
    await expect(query(first.url, "select 1")).rejects.toThrow(/not exist|unknown database/i);
    expect(await waitUntil(() => openSockets() <= before, 20_000)).toBe(true);
  });

  test.each(servers)("on $name is dropped under an open transaction", async (server) => {
    const database = await createTestDatabase(server);
    await query(database.url, "create table t (id integer)");
    const close = await openTransaction(database.url);

    const began = performance.now();
    await database.drop();
    expect(performance.now() - began).toBeLessThan(30_000);
    await close();
    await expect(query(database.url, "select 1")).rejects.toThrow(/not exist|unknown database/i);
  });

  test("of SQLite is a file in a folder of its own, or memory", async () => {
    const byName = (wanted: string): TestServer =>
      testServers().find(({ name }) => name === wanted)!;
    const file = await createTestDatabase(byName("sqlite file"));
    const directory = join(file.url.slice("sqlite:".length), "..");
    expect(readdirSync(directory)).toEqual([]);
    await file.drop();
    expect(existsSync(directory)).toBe(false);

    const memory = await createTestDatabase(byName("sqlite memory"));
    expect(memory.url).toBe("sqlite::memory:");
    await memory.drop();
  });
});

/** Of this process, to anywhere. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
}

/** @returns What closes the connection, which by then may be dead. */
async function openTransaction(url: string): Promise<() => Promise<void>> {
  if (url.startsWith("mariadb:")) {
    const connection = await connectMariadb(url);
    connection.on("error", () => {});
    await connection.query("start transaction");
    await connection.query("insert into t values (1)");
    return async () => connection.destroy();
  }
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  await client.query("begin; insert into t values (1)");
  return () => client.end();
}
