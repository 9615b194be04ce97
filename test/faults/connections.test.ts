import { connect, createTables, defineSchema, eq, integer, sql, table, varchar } from "plinth";
import { describe, expect, test } from "vitest";
import { noticed } from "../servers/proxy.ts";
import { behindProxy, failureOf, report, sleep, socketServers } from "./behind-proxy.ts";

const notes = table("note", {
  id: integer().primaryKey(),
  text: varchar({ length: 50 }).notNull(),
});
const schema = defineSchema({ notes });

describe.each(socketServers)(
  "$name behind a network that fails",
  { concurrent: true },
  (server) => {
    const slowly = server.name === "mariadb" ? sql`select sleep(2)` : sql`select pg_sleep(2)`;

    test("reads go on when the shared connections are cut", async () => {
      await using own = await behindProxy(server);
      const { db, proxy } = own;
      await createTables(db, schema);
      await db.insert(notes).values({ id: 1, text: "a" });
      const reading = Promise.all(Array.from({ length: 50 }, () => db.from(notes).find(1)));
      proxy.cut();
      expect((await reading).every((row) => row?.text === "a")).toBe(true);
    });

    test("a write whose answer was lost isn't done again, and says that it may have run", async () => {
      await using own = await behindProxy(server);
      const { db, proxy, aside } = own;
      await createTables(db, schema);
      await db.insert(notes).values({ id: 1, text: "a" });
      proxy.swallow("answers");
      const write = failureOf(db.insert(notes).values({ id: 2, text: "b" }));
      while ((await aside.from(notes).count()) < 2) await sleep(5);
      proxy.cut();
      proxy.mend();
      expect(await write).toMatchObject({ code: "E_CONNECTION_LOST", mayHaveRun: true });
      expect(await db.from(notes).count()).toBe(2);
    });

    test("a connection that goes silent is noticed, and its read answered by another one", async () => {
      await using own = await behindProxy(server, "probe_after=300ms");
      const { db, proxy } = own;
      await createTables(db, schema);
      await db.insert(notes).values({ id: 1, text: "a" });
      // New connections work; the old ones lose their answers for good.
      proxy.swallow("answers");
      proxy.mendNew();
      const beganMs = performance.now();
      const read = (async () => db.from(notes).find(1))();
      expect(await read).toEqual({ id: 1, text: "a" });
      const tookMs = performance.now() - beganMs;
      report(`${server.name}: a silent connection was left after ${Math.round(tookMs)} ms`);
      expect(tookMs).toBeLessThan(20_000);
    });

    test("a server that is silent altogether fails in bounded time, writes and transactions too", async () => {
      await using own = await behindProxy(
        server,
        "probe_after=300ms&connect_timeout=4s&acquire_timeout=4s&reconnect_timeout=0",
      );
      const { db, proxy } = own;
      await createTables(db, schema);
      const isSilent = Promise.withResolvers<void>();
      const inTransaction = failureOf(
        db.transaction(async (tx) => {
          await tx.from(notes).count();
          proxy.swallow("answers");
          proxy.hold();
          isSilent.resolve();
          await tx.from(notes).count();
        }),
      );
      await isSilent.promise;
      const beganMs = performance.now();
      const errors = await Promise.all([
        inTransaction,
        failureOf(db.insert(notes).values({ id: 1, text: "a" })),
        failureOf(db.from(notes).count()),
      ]);
      const tookMs = performance.now() - beganMs;
      report(`${server.name}: a silent server was given up after ${Math.round(tookMs)} ms`);
      expect(tookMs).toBeLessThan(25_000);
      for (const error of errors)
        expect(["E_CONNECTION_LOST", "E_CONNECT_TIMEOUT", "E_POOL_TIMEOUT"]).toContain(
          (error as { code: string }).code,
        );
      proxy.mend();
      expect(await db.from(notes).where(eq(notes.id, 2)).count()).toBe(0);
    });

    test("a slow query isn't taken for a silent connection", async () => {
      await using own = await behindProxy(server, "probe_after=200ms");
      const { db } = own;
      const { rows } = await db.execute(slowly);
      expect(rows.length).toBe(1);
    });

    test("a server that comes back within reconnect_timeout is waited for", async () => {
      await using own = await behindProxy(server, "reconnect_timeout=30s");
      const { db, proxy } = own;
      await createTables(db, schema);
      await db.insert(notes).values({ id: 1, text: "a" });
      proxy.refuse();
      proxy.cut();
      await noticed();
      setTimeout(() => proxy.mend(), 700);
      const beganMs = performance.now();
      expect(await db.from(notes).find(1)).toEqual({ id: 1, text: "a" });
      await db.update(notes).set({ text: "b" }).where(eq(notes.id, 1));
      await db.transaction(async (tx) => tx.from(notes).find(1));
      const tookMs = performance.now() - beganMs;
      report(`${server.name}: back ${Math.round(tookMs - 700)} ms after the server was`);
      expect(tookMs).toBeLessThan(30_000);
    });

    test("what the server doesn't take back within reconnect_timeout is told as refused", async () => {
      await using own = await behindProxy(server, "reconnect_timeout=300ms");
      const { db, proxy } = own;
      await db.execute(sql`select 1`);
      proxy.refuse();
      proxy.cut();
      await noticed();
      const beganMs = performance.now();
      expect(await failureOf(db.execute(sql`select 1`))).toMatchObject({
        code: "E_CONNECTION_REFUSED",
        mayHaveRun: false,
      });
      expect(performance.now() - beganMs).toBeLessThan(15_000);
      proxy.mend();
      await db.execute(sql`select 1`);
    });

    test("a half-closed connection is replaced", async () => {
      await using own = await behindProxy(server);
      const { db, proxy } = own;
      await db.execute(sql`select 1`);
      proxy.halfClose();
      await noticed();
      await createTables(db, schema);
      expect(await db.from(notes).count()).toBe(0);
    });

    test("connections are replaced at the end of their lifetime, and closed when idle for long", async () => {
      await using own = await behindProxy(server, "max_lifetime=300ms&idle_timeout=500ms");
      const { db, proxy } = own;
      await createTables(db, schema);
      const untilMs = performance.now() + 25_000;
      while (proxy.madeCount < 6 && performance.now() < untilMs) {
        await db.from(notes).count();
        await db.transaction(async (tx) => tx.execute(sql`select 1`));
        await sleep(50);
      }
      expect(proxy.madeCount).toBeGreaterThanOrEqual(6);
      const idleUntilMs = performance.now() + 25_000;
      while (db.stats().open > 0 && performance.now() < idleUntilMs) await sleep(100);
      expect(db.stats()).toMatchObject({ open: 0, leased: 0, idle: 0 });
    });

    test("an exhausted pool says who holds its connections, and since when", async () => {
      await using own = await behindProxy(server, "max_connections=1&acquire_timeout=4s");
      const { aside, db } = own;
      await createTables(aside, schema);
      let release: () => void = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      const isHeld = Promise.withResolvers<void>();
      const holder = db.transaction(async function leakyWork(tx) {
        await tx.execute(sql`select 1`);
        await tx
          .select({ two: sql<string>`'secret'` })
          .from(notes)
          .where(eq(notes.id, 1));
        isHeld.resolve();
        await held;
      });
      await isHeld.promise;
      const beganMs = performance.now();
      const error = await failureOf(db.transaction(async () => {}));
      expect(performance.now() - beganMs).toBeLessThan(15_000);
      expect(error).toMatchObject({
        code: "E_POOL_TIMEOUT",
        message: expect.stringMatching(
          /Held longest: for \d+\.\d s at .*connections\.test\.ts:\d+/,
        ),
        holders: [{ heldMs: expect.any(Number), stack: expect.any(Array), statement: "select …" }],
      });
      release();
      await holder;
      await db.transaction(async (tx) => tx.execute(sql`select 1`));
    });

    test("closing waits for what is under way, and cuts what is late", async () => {
      await using own = await behindProxy(server);
      const { aside, url } = own;
      await createTables(aside, schema);

      const patient = await connect(url);
      const isWritten = Promise.withResolvers<void>();
      const slow = patient.transaction(async (tx) => {
        await tx.insert(notes).values({ id: 1, text: "kept" });
        isWritten.resolve();
        await sleep(200);
      });
      await isWritten.promise;
      const closing = patient.close({ timeoutMs: 30_000 });
      expect(await failureOf(patient.from(notes).count())).toMatchObject({ code: "E_CLOSED" });
      await Promise.all([slow, closing]);

      const hurried = await connect(url);
      const isBegun = Promise.withResolvers<void>();
      const isClosed = Promise.withResolvers<void>();
      const late = failureOf(
        hurried.transaction(async (tx) => {
          await tx.insert(notes).values({ id: 2, text: "rolled back" });
          isBegun.resolve();
          await isClosed.promise;
          await tx.from(notes).count();
        }),
      );
      await isBegun.promise;
      const beganMs = performance.now();
      await hurried.close({ timeoutMs: 200 });
      expect(performance.now() - beganMs).toBeLessThan(15_000);
      isClosed.resolve();
      expect(await late).toMatchObject({ code: "E_CONNECTION_LOST" });
      expect(await aside.from(notes).find(2)).toBe(undefined);
      expect(await aside.from(notes).find(1)).toEqual({ id: 1, text: "kept" });
    });

    test("a password is asked for with each connection", async () => {
      const askedFor: number[] = [];
      await using own = await behindProxy(server, "shared_connections=1", {
        password: async () => {
          askedFor.push(askedFor.length);
          return "";
        },
      });
      await own.db.transaction(async (tx) => tx.execute(sql`select 1`));
      // PostgreSQL's server for tests trusts everybody, and asks for none.
      if (server.name === "mariadb") expect(askedFor.length).toBe(2);
      const failing = failureOf(
        connect(own.url, { password: () => Promise.reject(new Error("canary")) }),
      );
      if (server.name === "mariadb") {
        const error = (await failing) as Error;
        expect(error).toMatchObject({ code: "E_CONFIG" });
        expect(error.message).not.toContain("canary");
      } else await failing.catch(() => {});
    });
  },
);
