import { createServer, type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { connect, eq, integer, sql, table, text, type Database } from "plinth";
import { describe, expect, test } from "vitest";
import { createTestDatabase } from "../../servers/databases.ts";
import { noticed } from "../../servers/proxy.ts";
import { connected, postgresServers } from "./connected.ts";

const items = table("items", { id: integer().primaryKey(), name: text() });

async function withItems(db: Database): Promise<void> {
  await db.execute(sql`create table items (id integer primary key, name text collate "C")`);
  await db
    .insert(items)
    .values(Array.from({ length: 50 }, (_, id) => ({ id, name: `item ${id}` })));
}

/** The error of a promise that is to fail. */
async function failure(promise: PromiseLike<unknown>): Promise<Error & { code: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error("It did not fail.");
}

describe.each(postgresServers())("connections to $name", (server) => {
  test("an error in the middle of a pipeline harms nobody else", async () => {
    await using own = await connected(server, "shared_connections=1");
    const { db } = own;
    await withItems(db);
    const answers = await Promise.allSettled([
      db.from(items).find(1),
      db.execute(sql`select 1 / 0`),
      db.from(items).find(2),
      db.insert(items).values({ id: 3, name: "taken" }),
      db.from(items).find(4),
      db.select({ no: sql`no_such_column` }).from(items),
      db.from(items).find(5),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    const found = answers.flatMap((answer) =>
      answer.status === "fulfilled" ? [(answer.value as { name: string }).name] : [],
    );
    expect(found).toEqual(["item 1", "item 2", "item 4", "item 5"]);
  });

  test("a statement that never parses gives each of its executions the true error", async () => {
    await using own = await connected(server, "shared_connections=1");
    const { db } = own;
    await withItems(db);
    const broken = () => failure(db.select({ no: sql`no_such_column` }).from(items));
    for (let turn = 0; turn < 2; turn++) {
      const errors = await Promise.all(Array.from({ length: 5 }, broken));
      expect(errors.map((error) => error.code)).toEqual(Array(5).fill("E_MISSING_COLUMN"));
    }
  });

  test("each of 32 queries at once gets its own answer, over few connections", async () => {
    await using own = await connected(server);
    const { db } = own;
    await withItems(db);
    for (let turn = 0; turn < 5; turn++) {
      const rows = await Promise.all(
        Array.from({ length: 32 }, (_, id) => db.from(items).find(id)),
      );
      expect(rows.map((row) => row?.name)).toEqual(
        Array.from({ length: 32 }, (_, id) => `item ${id}`),
      );
    }
    expect(db.stats().open).toBeLessThanOrEqual(5);
  });

  test("a quick query passes by a slow one", async () => {
    await using own = await connected(server);
    const { db } = own;
    await withItems(db);
    await using holder = await connect(own.url);
    const holding = await holder.begin();
    await holding.execute(sql`select pg_advisory_xact_lock(7)`);
    let isSlowDone = false;
    const slow = db
      .select({ locked: sql`pg_advisory_xact_lock(7)` })
      .from(items)
      .limit(1)
      .then(() => (isSlowDone = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all([1, 2, 3].map((id) => db.from(items).find(id)));
    expect(isSlowDone).toBe(false);
    await holding.rollback();
    await slow;
  });

  test("a backend that is killed in a query is an error, and the next query works", async () => {
    await using own = await connected(server);
    const { db, aside } = own;
    await withItems(db);
    const slow = failure(db.execute(sql`select pg_sleep(60)`));
    const end = (): Promise<unknown[]> =>
      aside(
        "select pg_terminate_backend(pid, 20000) from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active' and datname = current_database()",
      );
    while ((await end()).length === 0);
    expect((await slow).code).toBe("E_CONNECTION_LOST");
    expect(await db.from(items).find(1)).toEqual({ id: 1, name: "item 1" });
  });

  test("idle connections that the server ends are replaced without a word", async () => {
    await using own = await connected(server);
    const { db, aside } = own;
    await withItems(db);
    await db.transaction(async (tx) => tx.from(items).find(1));
    await aside(
      "select pg_terminate_backend(pid, 20000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await noticed();
    expect(await db.from(items).count()).toBe(50);
    expect(await db.transaction(async (tx) => tx.from(items).count())).toBe(50);
  });

  test("a transaction whose connection is cut tells it, and leaves nothing", async () => {
    await using own = await connected(server);
    const { db, aside } = own;
    await withItems(db);
    const error = await failure(
      db.transaction(async (tx) => {
        await tx.insert(items).values({ id: 100 });
        await aside(
          "select pg_terminate_backend(pid, 20000) from pg_stat_activity where state = 'idle in transaction' and datname = current_database()",
        );
        await tx.from(items).find(1);
      }),
    );
    expect(error.code).toBe("E_CONNECTION_LOST");
    expect(await db.from(items).where(eq(items.id, 100)).count()).toBe(0);
  });

  test("a COMMIT that is never answered is unknown, not failed", async () => {
    await using own = await connected(server);
    const { db, aside } = own;
    await withItems(db);
    // A deferred trigger that waits holds COMMIT up.
    await db.execute(sql`create function wait() returns trigger language plpgsql as $$
      begin perform pg_sleep(60); return null; end $$`);
    await db.execute(sql`create constraint trigger waits after insert on items
      deferrable initially deferred for each row execute function wait()`);
    const commit = failure(db.transaction(async (tx) => tx.insert(items).values({ id: 100 })));
    const end = (): Promise<unknown[]> =>
      aside(
        "select pg_terminate_backend(pid, 20000) from pg_stat_activity where query = 'commit' and state = 'active' and datname = current_database()",
      );
    while ((await end()).length === 0);
    expect((await commit).code).toBe("E_COMMIT_UNKNOWN");
  });

  test("a pool that is used up says so in time", async () => {
    await using own = await connected(server, "max_connections=1&acquire_timeout=3");
    const { db } = own;
    const start = performance.now();
    await db.transaction(async () => {
      expect((await failure(db.transaction(async () => {}))).code).toBe("E_POOL_TIMEOUT");
    });
    expect(performance.now() - start).toBeLessThan(15_000);
  });

  test("close() ends every connection, also while one is being opened", async () => {
    await using own = await connected(server, "application_name=plinth_close");
    const { db, aside } = own;
    await withItems(db);
    const reads = Promise.allSettled(
      Array.from({ length: 10 }, (_, id) => db.from(items).find(id)),
    );
    await db.close();
    await reads;
    expect((await failure(db.from(items).find(1))).code).toBe("E_CLOSED");
    // The server ends its side in its own time.
    const left = (): Promise<unknown> =>
      aside(
        "select count(*)::int as n from pg_stat_activity where application_name = 'plinth_close' and datname = current_database()",
      );
    await expect.poll(left).toEqual([{ n: 0 }]);
  });

  test("settings of the URL reach the server", async () => {
    await using own = await connected(
      server,
      "application_name=my%20app&options=-c%20search_path%3Dapp,public",
    );
    const { rows } = await own.db.execute(
      sql`select current_setting('application_name') as name, current_setting('search_path') as path`,
    );
    expect(rows).toEqual([{ name: "my app", path: "app,public" }]);
  });

  test("numbers keep their digits, whatever the server's setting is", async () => {
    await using own = await connected(server, "options=-c%20extra_float_digits%3D0");
    const { rows } = await own.db.execute(sql`select 0.1::float8 + 0.2::float8 as sum`);
    expect(rows).toEqual([{ sum: 0.1 + 0.2 }]);
  });

  test("without prepared statements nothing is kept on the server", async () => {
    for (const [option, count] of [
      ["prepared=false", 0],
      ["prepared=true", 1],
    ] as const) {
      await using own = await connected(server, `shared_connections=1&${option}`);
      const { db } = own;
      await withItems(db);
      for (let id = 0; id < 3; id++) await db.from(items).find(id);
      const kept = await db
        .select({
          n: sql<number>`(select count(*) from pg_prepared_statements where name like 'plinth%')`,
        })
        .from(items)
        .first();
      expect(kept).toEqual({ n: count });
    }
  });
});

describe.each(postgresServers().slice(0, 1))("refusals of $name", (server) => {
  const canary = "c4n4ry-s3cr3t";

  async function refusal(change: (url: URL) => void): Promise<Error & { code: string }> {
    const url = new URL(server.url!);
    url.password = canary;
    change(url);
    return failure(connect(url.href));
  }

  test("a server without TLS is refused where TLS is asked for", async () => {
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      const error = await refusal((url) => url.searchParams.set("sslmode", mode));
      expect(error).toMatchObject({ code: "E_TLS", hint: expect.stringContaining("sslmode") });
    }
  });

  test("a missing database is named, with the command that makes it", async () => {
    const error = await refusal((url) => (url.pathname = "/no_such_database"));
    expect(error.code).toBe("E_MISSING_DATABASE");
    expect(error.message).toContain("plinth migrate up --create-database");
    expect(error.message).toContain('"no_such_database"');
  });

  test("a user that the server doesn't know is refused", async () => {
    const error = await refusal((url) => (url.username = "nobody_at_all"));
    expect(error.code).toBe("E_WRONG_PASSWORD");
  });

  test("a port without a server is refused at once", async () => {
    const error = await refusal((url) => (url.port = "1"));
    expect(error).toMatchObject({ code: "E_CONNECTION_REFUSED" });
    expect(error.message).toContain("127.0.0.1:1");
  });

  test("a name that nobody knows is refused", async () => {
    const error = await refusal((url) => {
      url.hostname = "no-such-host.invalid";
      url.searchParams.set("connect_timeout", "5");
    });
    expect(["E_CONNECTION_REFUSED", "E_CONNECT_TIMEOUT"]).toContain(error.code);
  });

  test("a server that accepts and stays silent is given up in time", async () => {
    for (const bytes of ["", "N", "S", "R"]) {
      const silent = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.write(bytes));
      });
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const { port } = silent.address() as AddressInfo;
      const start = performance.now();
      const tls = bytes === "N" || bytes === "S" ? "&sslmode=require" : "";
      // Who says no is no silent one.
      const timeout = bytes === "N" ? 30 : 0.3;
      const error = await failure(
        connect(`postgres://ada:${canary}@127.0.0.1:${port}/app?connect_timeout=${timeout}${tls}`),
      );
      expect(error.code).toBe(bytes === "N" ? "E_TLS" : "E_CONNECT_TIMEOUT");
      expect(performance.now() - start).toBeLessThan(15_000);
      // Nothing is left open: the server can end.
      await new Promise((resolve) => silent.close(resolve));
    }
  });

  test("a password is in no error", async () => {
    const changes: ((url: URL) => void)[] = [
      (url) => (url.port = "1"),
      (url) => (url.pathname = "/no_such_database"),
      (url) => (url.username = "nobody_at_all"),
      (url) => url.searchParams.set("sslmode", "require"),
      (url) => url.searchParams.set("sslmode", "prefer"),
      (url) => url.searchParams.set("no_such_option", "1"),
    ];
    for (const change of changes) {
      const error = await refusal(change);
      const shown = `${String(error)}${inspect(error, { depth: 20, showHidden: true })}${error.stack}`;
      expect(shown).not.toContain(canary);
    }
    const unparsable = await failure(connect(`postgres://user:${canary}%@h:p/x`));
    expect(inspect(unparsable, { depth: 20, showHidden: true })).not.toContain(canary);
  });

  test("neither a password nor a value is in a database, or in an error of it", async () => {
    const database = await createTestDatabase(server);
    const url = new URL(database.url);
    url.password = canary;
    const db = await connect(url.href);
    try {
      await withItems(db);
      await db.execute(sql`create unique index items_name on items (name)`);
      await db.insert(items).values({ id: 200, name: canary });
      const error = await failure(db.insert(items).values({ id: 201, name: canary }));
      expect(error).toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["name"] });
      const shown = inspect([db, error], { depth: 20, showHidden: true });
      expect(shown).not.toContain(canary);
    } finally {
      await db.close();
      await database.drop();
    }
  });
});
