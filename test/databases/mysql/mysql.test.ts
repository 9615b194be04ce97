// MySQL's own path, on MariaDB that says it is MySQL 8.4: see `disguised`.
import {
  connect,
  createTables,
  defineSchema,
  eq,
  integer,
  json,
  sql,
  table,
  text,
  timestamp,
  uuid,
  varchar,
} from "plinth";
import { conformance } from "plinth/testing";
import { afterAll, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../servers/databases.ts";
import { connected, disguised, mariadbServers } from "./connected.ts";

const driver = disguised("8.4.3");

/**
 * What MySQL can and MariaDB can't parse: an index of an expression, and `explain analyze`. The texts themselves are kept
 * beside the rules.
 */
const beyondMariadb = new Set([
  "of an expression compare what it gives",
  "tells what running took, with analyze",
]);

async function expectSyntaxError(run: () => Promise<void>): Promise<void> {
  await expect(run()).rejects.toMatchObject({ code: "E_SYNTAX" });
}

for (const server of mariadbServers) {
  describe("MySQL 8.4, as far as MariaDB can stand for it", () => {
    conformance({
      test: (name, run) => test(name, beyondMariadb.has(name) ? () => expectSyntaxError(run) : run),
      describe,
      expect,
      after: afterAll,
      connect: (url, options) => connect(url, { ...options, driver }),
      open: () => createTestDatabase(server),
      untold: ["not null in SQL by hand: table"],
    });

    test("has no RETURNING, and says so", async () => {
      await using own = await connected(server, "", { driver });

      expect(own.db.server).toEqual({ product: "mysql", version: [8, 4, 3] });
      expect(own.db.can).toMatchObject({ insertReturning: false, deleteReturning: false });
    });

    test("gives each of many concurrent updates its own rows back", async () => {
      const counters = table("counters", { id: integer().primaryKey(), n: integer().notNull() });
      await using own = await connected(server, "", { driver });
      await createTables(own.db, defineSchema({ counters }));
      await own.db.insert(counters).values({ id: 1, n: 0 });

      const steps = Array.from({ length: 40 }, () =>
        own.db
          .update(counters)
          .set({ n: sql`${counters.n} + 1` })
          .where(eq(counters.id, 1))
          .returning({ n: counters.n }),
      );
      const seen = (await Promise.all(steps)).map(([row]) => row!.n);

      expect(seen.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
    });

    test("keeps UUIDs as 16 bytes, with defaults of its own making", async () => {
      const items = table("items", {
        id: uuid().primaryKey().defaultRandom(),
        fixed: uuid().notNull().default("0192f000-1234-7000-8000-00000000abcd"),
        note: text().notNull().default("it's"),
        meta: json<{ a: number }>().notNull().default({ a: 1 }),
        at: timestamp().notNull().defaultNow(),
        name: varchar({ length: 9 }).notNull(),
      });
      await using own = await connected(server, "", { driver });
      await createTables(own.db, defineSchema({ items }));
      await own.db.insert(items).values([{ name: "a" }, { name: "b" }]);
      const rows = await own.db.from(items).orderBy(items.name);

      expect(rows[0]!.id).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
      expect(rows[0]!.id).not.toBe(rows[1]!.id);
      expect(rows[0]).toMatchObject({
        fixed: "0192f000-1234-7000-8000-00000000abcd",
        note: "it's",
        meta: { a: 1 },
      });
      expect(await own.db.from(items).find(rows[1]!.id)).toEqual(rows[1]);
      expect(await own.aside("select length(id) as n from items")).toEqual([{ n: 16 }, { n: 16 }]);
    });

    test("sets columns in an order in which each reads the row as it was, or refuses", async () => {
      const pairs = table("pairs", {
        id: integer().primaryKey(),
        a: integer().notNull(),
        b: integer().notNull(),
      });
      await using own = await connected(server, "", { driver });
      await createTables(own.db, defineSchema({ pairs }));
      await own.db.insert(pairs).values({ id: 1, a: 1, b: 2 });
      const swapped = own.db
        .update(pairs)
        .set({ a: sql`${pairs.b}`, b: sql`${pairs.a}` })
        .where(eq(pairs.a, 1));

      await expect(swapped).rejects.toMatchObject({ code: "E_UNSUPPORTED" });
      await own.db
        .update(pairs)
        .set({ a: sql`${pairs.a} + 4`, b: sql`${pairs.a} + ${pairs.b}` })
        .where(eq(pairs.a, 1));
      expect(await own.db.from(pairs).find(1)).toEqual({ id: 1, a: 5, b: 3 });
    });

    test("refuses a unique key on text() before anything is sent, and names varchar", async () => {
      const people = table("people", { id: integer().primaryKey(), email: text().unique() });
      await using own = await connected(server, "", { driver });

      await expect(createTables(own.db, defineSchema({ people }))).rejects.toMatchObject({
        code: "E_UNSUPPORTED",
        message: expect.stringContaining("varchar({ length })"),
      });
    });
  });
}
