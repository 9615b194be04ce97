/** Row caches where rows are somebody's, or secret, or SQL is by hand; and what a crash leaves. */

import { ConnectionError } from "../../core/error.ts";
import { createOutbox } from "../../outbox/outbox.ts";
import { createRowCache, type RowCache } from "../../outbox/rows/row-cache.ts";
import { outboxTables } from "../../outbox/tables.ts";
import type { Database } from "../../query/database.ts";
import { eq, gt } from "../../query/expression.ts";
import { createCache } from "../../services/cache/cache.ts";
import { openStore } from "../../services/kv/open.ts";
import type { Store } from "../../services/kv/store.ts";
import { scope } from "../../schema/scope.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer, text, uuid, varchar } from "../../schema/types.ts";
import { ask, moduleOf } from "./checked-kit.ts";
import { failureOf, until, type Kit } from "./kit.ts";
import { caching } from "./row-cache-kit.ts";

const teams = table("checked_teams", {
  id: integer().primaryKey(),
  code: varchar({ length: 10 }).notNull().unique(),
  name: varchar({ length: 40 }).notNull(),
});
const people = table("checked_people", {
  id: integer().primaryKey(),
  name: varchar({ length: 40 }).notNull(),
});
const tenants = table(
  "cached_orders",
  {
    id: integer().primaryKey(),
    tenantId: uuid().notNull().scope("tenant"),
    title: text().notNull(),
    shownAt: integer(),
  },
  (t) => [scope("shown").where(gt(t.shownAt, 0))],
);
const secrets = table("cached_secrets", {
  id: integer().primaryKey(),
  email: varchar({ length: 60 }).notNull().encrypted({ deterministic: true }),
  note: text().encrypted(),
});

/** What row caches may give to whom, and keep. */
export function rowCacheBorderCases({ expect, group, schemaGroup }: Kit): void {
  const one = "0190a000-0000-7000-8000-000000000001";
  const two = "0190a000-0000-7000-8000-000000000002";
  group("row caches of scopes", { tenants }, (test) => {
    test("keep the rows of tenants apart", async ({ db }) => {
      const [mine, theirs] = [db.scoped({ tenant: one }), db.scoped({ tenant: two })];
      await mine.insert(tenants).values({ id: 1, title: "mine", shownAt: 1 });
      await theirs.insert(tenants).values({ id: 2, title: "theirs", shownAt: 1 });
      await caching(db, async (rows) => {
        const read = async (client: typeof db) => [
          (await rows.on(client).find(tenants, 1))?.title,
          (await rows.on(client).findMany(tenants, [1, 2])).map((row) => row?.title),
          (await rows.cached(client.from(tenants).orderBy(tenants.id))).map(({ title }) => title),
        ];
        for (const _ of [1, 2]) {
          expect(await read(mine)).toEqual(["mine", ["mine", undefined], ["mine"]]);
          expect(await read(theirs)).toEqual([undefined, [undefined, "theirs"], ["theirs"]]);
          expect(await read(db.without("tenant"))).toEqual([
            "mine",
            ["mine", "theirs"],
            ["mine", "theirs"],
          ]);
        }
        await mine.update(tenants).set({ title: "new" }).where(eq(tenants.id, 1));
        expect(await read(mine)).toEqual(["new", ["new", undefined], ["new"]]);
        expect(await read(db.without("tenant"))).toEqual([
          "new",
          ["new", "theirs"],
          ["new", "theirs"],
        ]);
        await mine.update(tenants).set({ shownAt: 0 }).where(eq(tenants.id, 1));
        expect(await read(mine)).toEqual([undefined, [undefined, undefined], []]);
        expect(await failureOf(rows.find(tenants, 1))).toMatchObject({ code: "E_NO_SCOPE" });
      });
    });
  });

  const encryption = { current: "a", keys: { a: Buffer.alloc(32, 7).toString("base64") } };
  schemaGroup(
    "row caches of secrets",
    defineSchema({ secrets }),
    (test) => {
      test("leave encrypted what is so in the database", async ({ db }) => {
        await db.insert(secrets).values({ id: 1, email: "ada@example.com", note: "canary-77" });
        await caching(db, async (rows, store) => {
          const read = async () => [
            await rows.find(secrets, 1),
            await rows.cached(db.from(secrets).where(eq(secrets.email, "ada@example.com"))).first(),
          ];
          const row = { id: 1, email: "ada@example.com", note: "canary-77" };
          for (const _ of [1, 2]) expect(await read()).toEqual([row, row]);
          expect(rows.stats().hits).toBe(2);
          let entries = 0;
          for await (const key of store.list("rows")) {
            entries++;
            const held = `${key.join("/")} ${await store.get(key)}`;
            expect(/canary|example/.test(held)).toBe(false);
          }
          expect(entries).toBe(2);
        });
      });
    },
    { encryption },
  );

  const checked = moduleOf({
    types: { integer: { kind: "integer", bits: 32 }, text: { kind: "text" } },
    texts: {
      "select name from checked_people where id = :id": {
        parameters: [["id", "integer"]],
        columns: [["name", "text"]],
        reads: ["checked_people"],
        writes: [],
      },
      "select count(*) as n from checked_people": { columns: [["n", "integer"]] },
      "update checked_people set name = 'by hand' where id = :id": {
        parameters: [["id", "integer"]],
        writes: ["checked_people"],
      },
      "update checked_teams set name = 'by hand'": {},
    },
  });
  schemaGroup(
    "row caches of checked SQL",
    defineSchema({ teams, people }),
    (test) => {
      test("know what it reads and writes, as it was checked", async ({ db }) => {
        await db.insert(teams).values({ id: 1, code: "a", name: "Alpha" });
        await db.insert(people).values({ id: 1, name: "Ada" });
        await caching(db, async (rows) => {
          const name = async () =>
            await rows.cached(ask(db, "select name from checked_people where id = :id", { id: 1 }));
          for (const _ of [1, 2]) expect(await name()).toEqual([{ name: "Ada" }]);
          expect(rows.stats().loads).toBe(1);
          await rows.find(people, 1);
          await ask(db, "update checked_people set name = 'by hand' where id = :id", { id: 1 });
          expect(await name()).toEqual([{ name: "by hand" }]);
          expect((await rows.find(people, 1))?.name).toBe("by hand");
          expect((await rows.find(teams, 1))?.name).toBe("Alpha");
          // Of which nobody knows what it writes.
          await ask(db, "update checked_teams set name = 'by hand'");
          expect((await rows.find(teams, 1))?.name).toBe("by hand");
          await db.update(people).set({ name: "Ann" }).where(eq(people.id, 1));
          expect(await name()).toEqual([{ name: "Ann" }]);
          const unknown = rows.cached(ask(db, "select count(*) as n from checked_people"));
          expect(await failureOf(unknown)).toMatchObject({ code: "E_UNSUPPORTED" });
        });
      });
    },
    { queries: checked },
  );

  schemaGroup("durable row caches", defineSchema({ teams, people, ...outboxTables }), (test) => {
    const { plinthOutbox } = outboxTables;
    const left = async (db: Database): Promise<string[]> =>
      (await db.from(plinthOutbox)).map(({ topic }) => topic);

    test("need an outbox", async ({ db }) => {
      const failure = await failureOf(caching(db, async () => {}, { durable: true }));
      expect(failure).toMatchObject({ code: "E_CONFIG" });
    });

    test("write down with each write what is void by it, until it is", async ({ db }) => {
      await using _outbox = createOutbox(db, { pollMs: 20 });
      const write = async (rows: RowCache): Promise<void> => {
        await db.update(teams).set({ name: "Ace" }).where(eq(teams.id, 1));
        expect((await rows.find(teams, 1))?.name).toBe("Ace");
        await db.transaction(async (tx) => {
          await tx.update(teams).set({ name: "Act" }).where(eq(teams.id, 1));
          await tx.insert(teams).values({ id: 2, code: "b", name: "Beta" });
        });
        expect((await rows.find(teams, 1))?.name).toBe("Act");
      };
      const work = async (rows: RowCache): Promise<void> => {
        await db.insert(teams).values({ id: 1, code: "a", name: "Alpha" });
        expect((await rows.find(teams, 1))?.name).toBe("Alpha");
        await until(async () => (await left(db)).length === 0);
        await write(rows);
        await until(async () => (await left(db)).length === 0);
      };
      await caching(db, work, { durable: true });
    });

    test("can be made again where one was closed", async ({ db }) => {
      await using _outbox = createOutbox(db);
      for (const name of ["Ace", "Act"]) {
        await caching(
          db,
          async (rows) => {
            await rows.find(teams, 1);
            await db
              .insert(teams)
              .values({ id: 1, code: "a", name })
              .onConflict(teams.id)
              .update(["name"]);
            expect((await rows.find(teams, 1))?.name).toBe(name);
          },
          { durable: true },
        );
      }
      expect(await left(db)).toEqual([]);
    });

    test("make void later what a store that was away couldn't", async ({ db }) => {
      let isAway = false;
      const lossy = (store: Store): Store =>
        new Proxy(store, {
          get(target, name) {
            if (name === "delete" && isAway)
              return () => Promise.reject(new ConnectionError("E_CONNECTION_LOST", "It is away."));
            const member: unknown = Reflect.get(target, name, target);
            return typeof member === "function" ? member.bind(target) : member;
          },
        });
      await using outbox = createOutbox(db, { pollMs: 20, onError: () => {} });
      const store = await openStore("memory:");
      const cache = createCache(lossy(store), { namespace: "rows", ttlMs: 600_000 });
      await using rows = createRowCache(db, cache);
      await db.insert(teams).values({ id: 1, code: "a", name: "Alpha" });
      expect((await rows.find(teams, 1))?.name).toBe("Alpha");
      await until(async () => (await left(db)).length === 0);
      isAway = true;
      await db.update(teams).set({ name: "Ace" }).where(eq(teams.id, 1));
      expect(await left(db)).toEqual(["plinth:invalidate:rows"]);
      expect((await rows.find(teams, 1))?.name).toBe("Alpha");
      isAway = false;
      outbox.start();
      await until(async () => (await left(db)).length === 0);
      expect((await rows.find(teams, 1))?.name).toBe("Ace");
      await store.close();
    });
  });
}
