import { createServer, type Server } from "node:net";
import { inspect } from "node:util";
import { bytes, connect, createTables, defineSchema, eq, integer, sql, table } from "plinth";
import { afterEach, describe, expect, test } from "vitest";
import { noticed } from "../../servers/proxy.ts";
import { connected, disguised, mariadbServers, type Connected } from "./connected.ts";

const counters = table("counters", { id: integer().primaryKey(), n: integer().notNull() });

async function withCounters(own: Connected): Promise<void> {
  await createTables(own.db, defineSchema({ counters }));
  await own.db.insert(counters).values([
    { id: 1, n: 0 },
    { id: 2, n: 0 },
  ]);
}

/** Ends all connections to the database but the one that asks. */
async function killAll(own: Connected): Promise<void> {
  const open = await own.aside(
    "select id from information_schema.processlist where db = database() and id <> connection_id()",
  );
  for (const { id } of open) await own.aside(`kill ${String(id)}`).catch(() => {});
  const ids = open.map(({ id }) => String(id)).join(", ");
  const left = (): Promise<unknown[]> =>
    own.aside(`select id from information_schema.processlist where id in (${ids})`);
  while ((await left()).length > 0);
}

async function codeOf(work: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(work).then(
    () => "done",
    (error: unknown) => Reflect.get(Object(error), "code"),
  );
}

async function streamed(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const listening: Server[] = [];
afterEach(() => {
  for (const server of listening.splice(0)) server.close();
});

/** A server that takes connections and says nothing. */
async function silentPort(): Promise<number> {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  listening.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

for (const server of mariadbServers) {
  describe(`connections to ${server.name}`, () => {
    test("answer each of many queries in flight, also around one that fails", async () => {
      await using own = await connected(server, "shared_connections=1");
      const answers = Array.from({ length: 30 }, (_, index) =>
        index === 7
          ? codeOf(own.db.select({ x: sql`no_such_column` }).from(counters))
          : own.db.execute(sql`select ${index} as n`).then(({ rows }) => rows[0]),
      );
      await withCounters(own);
      const reads = Array.from({ length: 30 }, (_, index) =>
        index % 10 === 3
          ? codeOf(own.db.insert(counters).values({ id: 1, n: 1 }))
          : own.db.from(counters).find((index % 2) + 1),
      );

      expect(await Promise.all(answers)).toEqual(
        Array.from({ length: 30 }, (_, index) =>
          index === 7 ? expect.stringMatching(/^E_MISSING_(?:COLUMN|TABLE)$/) : { n: index },
        ),
      );
      expect(await Promise.all(reads)).toEqual(
        Array.from({ length: 30 }, (_, index) =>
          index % 10 === 3 ? "E_UNIQUE_VIOLATION" : { id: (index % 2) + 1, n: 0 },
        ),
      );
    });

    test("that the server ends are told as lost, and opened anew", async () => {
      await using own = await connected(server);
      await withCounters(own);
      const slow = codeOf(own.db.execute(sql`select sleep(60)`));
      const running =
        "select id from information_schema.processlist where info like 'select sleep%'";
      while ((await own.aside(`${running} and db = database()`)).length === 0);
      const held = codeOf(
        own.db.transaction(async (tx) => {
          await tx.update(counters).set({ n: 9 }).where(eq(counters.id, 1));
          await killAll(own);
          await tx.from(counters).find(1);
        }),
      );

      expect(await held).toBe("E_CONNECTION_LOST");
      expect(await slow).toBe("E_CONNECTION_LOST");
      await noticed();
      expect(await own.db.from(counters).find(1)).toEqual({ id: 1, n: 0 });
      await own.db.transaction((tx) => tx.from(counters).count());
    });

    test("that are ended while idle make no noise and are replaced", async () => {
      await using own = await connected(server);
      await withCounters(own);
      await own.db.transaction((tx) => tx.from(counters).count());
      await killAll(own);
      await noticed();

      expect(await own.db.from(counters).count()).toBe(2);
      expect(await own.db.transaction((tx) => tx.from(counters).count())).toBe(2);
    });

    test("that the server ends for a statement that is too large take nothing with them", async () => {
      await using own = await connected(server, "shared_connections=1");
      await withCounters(own);
      const large = "x".repeat(17 * 1024 * 1024);
      for (let n = 1; n < 4; n++) {
        const refused = own.db.from(counters).where(eq(sql<string>`left(${large}, 1)`, "x"));
        expect(await codeOf(refused)).toBe("E_OUT_OF_RANGE");
        await own.db.update(counters).set({ n }).where(eq(counters.id, 1));
        expect(await own.db.from(counters).find(1)).toEqual({ id: 1, n });
      }
    });

    test("lost while COMMIT is under way leave the outcome open, and say so", async () => {
      await using own = await connected(server);
      await withCounters(own);
      const driver = {
        async createConnection(options: object): Promise<object> {
          const { createConnection } = await import("mariadb");
          const client = await createConnection(options);
          const { query } = client;
          return Object.assign(client, {
            query: async (text: string): Promise<unknown> => {
              if (text === "commit") await own.aside(`kill ${client.threadId}`);
              return query.call(client, text);
            },
          });
        },
      };
      await using db = await connect(own.url, { driver });
      const outcome = db.transaction(async (tx) => tx.update(counters).set({ n: 1 }).all());

      await expect(outcome).rejects.toMatchObject({ code: "E_COMMIT_UNKNOWN" });
    });

    test("are bounded in time when the server says nothing", async () => {
      const url = `mysql://root:canary@127.0.0.1:${await silentPort()}/app?connect_timeout=0.3`;
      const startMs = performance.now();

      await expect(connect(url)).rejects.toMatchObject({ code: "E_CONNECT_TIMEOUT" });
      expect(performance.now() - startMs).toBeLessThan(15_000);
    });

    test("that can't be made say why, and hold no password wherever one looks", async () => {
      const { hostname, port } = new URL(server.url!);
      const at = (place: string) => `mysql://nobody:canary-7f3a@${place}`;
      const cases: [string, string][] = [
        [at(`${hostname}:${port}/plinth`), "E_WRONG_PASSWORD"],
        [at(`${hostname}:1/plinth`), "E_CONNECTION_REFUSED"],
        [at("no-such-host.invalid/plinth?sslmode=disable"), "E_CONNECTION_REFUSED"],
        [at(`localhost/plinth?socket=/no/such.sock`), "E_CONNECTION_REFUSED"],
        [at(`${hostname}:${port}/plinth?sslmode=require`), "E_TLS"],
        [at(`${hostname}:${port}/plinth?conect_timeout=3`), "E_CONFIG"],
        [at(`${hostname}:port/plinth`), "E_CONFIG"],
        [at(`${hostname}:${port}`), "E_CONFIG"],
        [`${server.url!.replace(/\/[^/]*$/, "/no_such_database")}`, "E_MISSING_DATABASE"],
      ];
      for (const [url, code] of cases) {
        const error: unknown = await connect(url).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code, hint: expect.any(String) });
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("canary-7f3a");
      }
    });

    test("read rows rightly when a table changes under a statement that they keep", async () => {
      await using own = await connected(server, "shared_connections=1");
      await withCounters(own);
      const read = () => own.db.from(counters).orderBy(counters.id);
      for (let round = 0; round < 3; round++) await read();
      await own.aside(
        "alter table counters add column first_one varchar(9) default 'x' first, modify n bigint not null, drop primary key",
      );
      await own.aside("update counters set n = 5000000000");

      const rows = [1, 2].map((id) => ({ id, n: 5_000_000_000 }));
      expect(await read()).toEqual(rows);
      expect(await Promise.all([read(), read()])).toEqual([rows, rows]);
    });

    test("give the rows of a procedure, and refuse to choose among several results", async () => {
      await using own = await connected(server);
      await withCounters(own);
      await own.aside("create procedure one_result(n int) select n as a, 'x' as b");
      await own.aside(
        "create procedure results(n int) begin update counters set counters.n = n; select n; select n, n; end",
      );
      await own.aside("create procedure two_reads(n int) begin select n; select n, n; end");
      await own.aside("create procedure no_result(n int) update counters set counters.n = n");
      for (let n = 1; n < 4; n++) {
        const rows = [{ a: n, b: "x" }];
        expect((await own.db.execute(sql`call one_result(${n})`)).rows).toEqual(rows);
        const text = sql.raw(`call one_result(${n})`);
        expect((await own.db.execute(sql`${text}`)).rows).toEqual(rows);
        const several = own.db.execute(sql`call results(${n})`);
        await expect(several).rejects.toMatchObject({
          code: "E_UNSUPPORTED",
          hint: expect.stringContaining("was run"),
        });
        expect((await own.db.from(counters).find(1))?.n).toBe(n);
        const none = await own.db.execute(sql`call no_result(${n + 1})`);
        expect(none).toEqual({ rows: [], affectedRows: 2 });
        expect(await streamed(own.db.stream(sql`call one_result(${n})`))).toEqual(rows);
        const reads = streamed(own.db.stream(sql`call two_reads(${n})`));
        await expect(reads).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
      }
    });

    test("take many bytes where a number stood before, by execute and by stream", async () => {
      await using own = await connected(server, "max_connections=1");
      await own.aside("create table kept_bytes (id int auto_increment primary key, b longblob)");
      const add = (value: number | Uint8Array) =>
        own.db.execute(sql`insert into kept_bytes (b) values (${value})`);
      const bytes = new Uint8Array(20_000).fill(65);
      for (const value of [5, 1.5, 5, bytes, 7, bytes, 8]) await add(value);
      expect(await own.aside("select length(b) as n from kept_bytes order by id")).toMatchObject(
        [1, 3, 1, 20_000, 1, 20_000, 1].map((n) => ({ n })),
      );
      for (const value of [1, 2, bytes, 3]) {
        for await (const row of own.db.stream(sql<{ n: number }>`select length(${value}) as n`))
          expect(row.n).toBe(value === bytes ? 20_000 : 1);
      }
    });

    test("take many bytes where a number stood before, by a fragment in a query", async () => {
      const files = table("kept_files", { id: integer().primaryKey(), b: bytes() });
      await using own = await connected(server, "max_connections=1");
      await createTables(own.db, defineSchema({ files }));
      await own.db.insert(files).values({ id: 1, b: null });
      const many = new Uint8Array(20_000).fill(65);
      for (const value of [5, many, 7, "text", many, null, many, 8, many]) {
        const b = sql<Uint8Array | null>`${value}`;
        await own.db.update(files).set({ b }).where(eq(files.id, 1));
        const row = await own.db.from(files).find(1);
        const length = value instanceof Uint8Array ? value.length : value && String(value).length;
        expect(row?.b?.length ?? null).toBe(length);
      }
    });

    test("keep a bounded number of statements prepared", async () => {
      await using own = await connected(server);
      for (let index = 0; index < 700; index++) {
        const text = sql.raw(`select ${index} + `);
        for (let round = 0; round < 2; round++) await own.db.execute(sql`${text}${1}`);
      }
      // One after the other they all ran on one connection, whose own count this is.
      const { rows } = await own.db.execute(
        sql<{ name: string; n: string }>`select lower(variable_name) as name, variable_value as n
          from information_schema.session_status where variable_name like 'com\_stmt\_%'`,
      );
      const count = Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]));

      expect(count["com_stmt_prepare"]).toBeGreaterThanOrEqual(700);
      expect(count["com_stmt_prepare"]! - count["com_stmt_close"]!).toBeLessThanOrEqual(512);
    });

    test("to a server that is too old are refused in a sentence", async () => {
      for (const version of ["10.6.21-MariaDB", "5.5.5-10.4.3-MariaDB", "8.0.16", "5.7.44"]) {
        const error: unknown = await connect(server.url!, { driver: disguised(version) }).catch(
          (reason: unknown) => reason,
        );
        expect(error).toMatchObject({ code: "E_SERVER_TOO_OLD" });
      }
    });

    test("take the package from whoever hands it over, and refuse another", async () => {
      await using own = await connected(server, "", { driver: await import("mariadb") });

      expect(await own.db.execute(sql`select 1 as one`)).toMatchObject({ rows: [{ one: 1 }] });
      await expect(connect(own.url, { driver: {} })).rejects.toMatchObject({ code: "E_CONFIG" });
    });
  });

  describe(`a transaction on ${server.name}`, () => {
    test("that lost a deadlock does nothing more, though its error is caught", async () => {
      await using own = await connected(server);
      await withCounters(own);
      const step = (n: number, id: number) => ({ n, id });
      const cross = (first: number, second: number, ready: () => void, go: Promise<void>) =>
        own.db.transaction(
          async (tx) => {
            const set = ({ n, id }: { n: number; id: number }) =>
              tx.update(counters).set({ n }).where(eq(counters.id, id));
            await set(step(first, first));
            ready();
            await go;
            // The second write is under way already when the first one fails.
            const writes = [set(step(first, second)), set(step(100, first))];
            await Promise.allSettled(writes.map((write) => Promise.resolve(write)));
          },
          { retries: 0 },
        );
      const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const outcomes = await Promise.all([
        codeOf(cross(1, 2, one.resolve, other.promise)),
        codeOf(cross(2, 1, other.resolve, one.promise)),
      ]);

      expect(outcomes.toSorted()).toEqual(["E_DEADLOCK", "done"]);
      const winner = outcomes.indexOf("done") + 1;
      expect(await own.db.from(counters).orderBy(counters.id)).toEqual(
        [1, 2].map((id) => ({ id, n: id === winner ? 100 : winner })),
      );
    });

    test("that waited too long for a lock can't commit half of itself", async () => {
      await using own = await connected(server);
      await withCounters(own);
      await own.db.transaction(async (holder) => {
        await holder.update(counters).set({ n: 5 }).where(eq(counters.id, 2));
        const late = own.db.transaction(
          async (tx) => {
            await tx.execute(sql`set innodb_lock_wait_timeout = 1`);
            await tx.update(counters).set({ n: 7 }).where(eq(counters.id, 1));
            await codeOf(tx.update(counters).set({ n: 7 }).where(eq(counters.id, 2)));
          },
          { retries: 0 },
        );
        expect(await codeOf(late)).toBe("E_TIMEOUT");
      });

      expect(await own.db.from(counters).orderBy(counters.id)).toEqual([
        { id: 1, n: 0 },
        { id: 2, n: 5 },
      ]);
    });

    test("keeps the order of what is sent without waiting", async () => {
      await using own = await connected(server);
      await withCounters(own);
      const seen = await own.db.transaction(async (tx) => {
        // A write is sent when it is awaited first.
        const rename = (n: number) =>
          tx
            .update(counters)
            .set({ n })
            .where(eq(counters.id, 1))
            .then(() => undefined);
        const read = () => tx.from(counters).find(1);
        return Promise.all([rename(1), read(), rename(2), read()]);
      });

      expect([seen[1]?.n, seen[3]?.n]).toEqual([1, 2]);
    });

    test("that only reads refuses to write, at the level that was asked for", async () => {
      await using own = await connected(server);
      await withCounters(own);
      const level = await own.db.transaction(
        async (tx) => (await tx.execute(sql`select @@in_transaction as "isIn"`)).rows,
        { isolation: "serializable", readOnly: true },
      );
      const write = own.db.transaction(async (tx) => tx.delete(counters).all(), {
        readOnly: true,
      });

      expect(level).toEqual([{ isIn: 1 }]);
      expect(await codeOf(write)).toBe("E_READ_ONLY");
    });

    test("sees others' changes or not, as its level says", async () => {
      await using own = await connected(server);
      await withCounters(own);
      for (const isolation of ["read committed", "repeatable read"] as const) {
        const seen = await own.db.transaction(
          async (tx) => {
            const before = (await tx.from(counters).find(1))!.n;
            await own.aside("update counters set n = n + 1 where id = 1");
            return (await tx.from(counters).find(1))!.n - before;
          },
          { isolation },
        );
        expect(seen).toBe(isolation === "read committed" ? 1 : 0);
      }
    });
  });
}
