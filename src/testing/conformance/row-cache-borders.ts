/** Row caches where rows are somebody's, or secret, or SQL is by hand; and what a crash leaves. */

import { createOutbox } from "../../outbox/outbox.ts";
import { outboxTables } from "../../outbox/tables.ts";
import { eq, gt } from "../../query/expression.ts";
import { scope } from "../../schema/scope.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer, text, uuid, varchar } from "../../schema/types.ts";
import { ask, moduleOf } from "./checked-kit.ts";
import { failureOf, type Kit } from "./kit.ts";
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
    test("write down with each write what is void by it, and forget it when it is done", async ({
      db,
    }) => {
      const { plinthOutbox } = outboxTables;
      expect(await failureOf(() => caching(db, async () => {}, {}))).toMatchObject({
        code: "E_CONFIG",
      });
      await using outbox = createOutbox(db, { pollMs: 20 });
      await caching(
        db,
        async (rows) => {
          await db.insert(teams).values({ id: 1, code: "a", name: "Alpha" });
          expect((await rows.find(teams, 1))?.name).toBe("Alpha");
          await db.update(teams).set({ name: "Ace" }).where(eq(teams.id, 1));
          expect((await rows.find(teams, 1))?.name).toBe("Ace");
          expect((await db.from(plinthOutbox)).map(({ topic }) => topic)).toEqual([
            "plinth:invalidate:rows",
            "plinth:invalidate:rows",
          ]);
          outbox.start();
          await db.transaction(async (tx) => {
            await tx.update(teams).set({ name: "Act" }).where(eq(teams.id, 1));
            await tx.insert(teams).values({ id: 2, code: "b", name: "Beta" });
          });
          expect((await rows.find(teams, 1))?.name).toBe("Act");
          for (let round = 0; (await db.from(plinthOutbox)).length > 0; round++) {
            if (round > 500) throw new Error("It is never done.");
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        },
        { durable: true },
      );
    });
  });
}
