import { connect, createTables, defineSchema, integer, sql, table } from "plinth";
import { expect, test } from "vitest";
import { createTestDatabase, testServers } from "../servers/databases.ts";
import { disguised } from "./mysql/connected.ts";

const numbers = table("numbers", { n: integer().primaryKey() });

const slow = sql<{ n: number }>`select count(*) as n from information_schema.columns a,
  information_schema.columns b, information_schema.columns c, information_schema.columns d`;

const servers = testServers().filter(({ url }) => url !== undefined);
const asMysql = servers.filter(({ name }) => name === "mariadb");

test.each([
  ...servers.map((server) => ({ server, name: server.name, driver: undefined })),
  ...asMysql.map((server) => ({ server, name: "MySQL in disguise", driver: disguised("8.4.3") })),
])("statement_timeout bounds every statement of $name", async ({ server, driver }) => {
  const own = await createTestDatabase(server);
  const db = await connect(`${own.url}?statement_timeout=0.05&shared_connections=1`, { driver });
  try {
    await createTables(db, defineSchema({ numbers }));
    const failures = Array.from({ length: 3 }, () =>
      db.execute(slow).catch((error: unknown) => error),
    );
    expect(await db.from(numbers)).toEqual([]);
    for (const failure of failures) expect(await failure).toMatchObject({ code: "E_TIMEOUT" });
    await db
      .transaction(async (tx) => {
        await expect(tx.execute(slow)).rejects.toMatchObject({ code: "E_TIMEOUT" });
      })
      .catch(() => {});
    await db.insert(numbers).values({ n: 1 });
    // The shorter of the two holds.
    await expect(db.execute(slow, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: "E_TIMEOUT",
    });
  } finally {
    await db.close();
    await own.drop();
  }
});

test("SQLite has no statement_timeout, as nothing can end one of its steps", async () => {
  await expect(connect("sqlite::memory:?statement_timeout=1")).rejects.toMatchObject({
    code: "E_CONFIG",
  });
});

test.each(asMysql)(
  "MySQL measures no write, so that is refused before anything is sent",
  async (server) => {
    const own = await createTestDatabase(server);
    const db = await connect(own.url, { driver: disguised("8.4.3") });
    try {
      const explained = db.delete(numbers).all().explain({ analyze: true });
      await expect(explained).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
    } finally {
      await db.close();
      await own.drop();
    }
  },
);
