import type { Database } from "../../query/database.ts";
import type { Transaction } from "../../query/client.ts";
import { count, eq, exists, inArray, isNotNull, isNull, or } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { scope } from "../../schema/scope.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const ACME = "0190a6b0-0000-7000-8000-00000000000a";
const BEST = "0190a6b0-0000-7000-8000-00000000000b";

const tickets = table("scoped_tickets", {
  id: integer().primaryKey(),
  tenantId: uuid().notNull().scope("tenant"),
  code: varchar({ length: 20 }).notNull().unique(),
  ...softDelete(),
});

const comments = table(
  "scoped_comments",
  {
    id: integer().primaryKey(),
    tenantId: uuid().notNull().scope("tenant"),
    ticketId: integer().notNull(),
    shownAt: integer(),
    kind: varchar({ length: 10 }).notNull().default("note"),
  },
  (t) => [
    scope("shown").where(isNotNull(t.shownAt)),
    scope("kinds").where(inArray(t.kind, ["note", "question"])),
  ],
);

/** Rows of a region, and those that all share. */
const prices = table("scoped_prices", {
  id: integer().primaryKey(),
  region: varchar({ length: 4 }).scope("region", (column, value) =>
    or(eq(column, value), isNull(column)),
  ),
});

async function fill(db: Database): Promise<void> {
  const all = db.without("tenant");
  await all.insert(tickets).values([
    { id: 1, tenantId: ACME, code: "a1" },
    { id: 2, tenantId: ACME, code: "a2" },
    { id: 3, tenantId: BEST, code: "b1" },
  ]);
  await all.insert(comments).values([
    { id: 10, tenantId: ACME, ticketId: 1, shownAt: 1 },
    { id: 11, tenantId: ACME, ticketId: 1 },
    { id: 12, tenantId: BEST, ticketId: 3, shownAt: 1 },
    { id: 13, tenantId: ACME, ticketId: 2, shownAt: 1, kind: "secret" },
    // As no program may leave it: a comment of one tenant on a ticket of another.
    { id: 14, tenantId: BEST, ticketId: 2, shownAt: 1 },
  ]);
}

const ids = (rows: readonly { readonly id: number }[]): number[] =>
  rows.map(({ id }) => id).toSorted((one, other) => one - other);

/** Conditions that queries have by themselves, with values that the client gives. */
export function scopeCases({ expect, group }: Kit): void {
  group("scopes", { tickets, comments, prices }, (test) => {
    test("let each client read its own rows, in every kind of query", async ({ db }) => {
      await fill(db);
      const acme = db.scoped({ tenant: ACME });
      expect(ids(await acme.from(tickets))).toEqual([1, 2]);
      expect(ids(await db.scoped({ tenant: BEST.toUpperCase() }).from(tickets))).toEqual([3]);
      expect([await acme.from(tickets).count(), await acme.from(tickets).find(3)]).toEqual([
        2,
        undefined,
      ]);
      expect(ids(await acme.from(comments))).toEqual([10]);
      const own = db.select({ id: comments.id }).from(comments);
      const joined = acme
        .select({ id: tickets.id, comment: comments.id })
        .from(tickets)
        .leftJoin(comments, eq(comments.ticketId, tickets.id))
        .orderBy(asc(tickets.id));
      expect(await joined).toEqual([
        { id: 1, comment: 10 },
        { id: 2, comment: null },
      ]);
      const noted = acme.from(tickets).where(exists(own.where(eq(comments.ticketId, tickets.id))));
      expect(ids(await noted)).toEqual([1]);
      const perTicket = db
        .select({ ticketId: comments.ticketId, n: count() })
        .from(comments)
        .groupBy(comments.ticketId)
        .as("per_ticket");
      expect(await acme.from(perTicket)).toEqual([{ ticketId: 1, n: 1 }]);
      const other = alias(tickets, "other");
      const pairs = acme.select({ id: tickets.id }).from(tickets).crossJoin(other);
      expect(await pairs.count()).toBe(4);
      const streamed: number[] = [];
      for await (const { id } of acme.from(tickets).stream()) streamed.push(id);
      expect(streamed.length).toBe(2);
      const both = acme.select({ id: tickets.id }).from(tickets).union(own);
      expect(ids(await both)).toEqual([1, 2, 10]);
    });

    test("are lifted where that is said: by a client, by a query, by name", async ({ db }) => {
      await fill(db);
      const acme = db.scoped({ tenant: ACME });
      expect(ids(await db.without("tenant").from(tickets))).toEqual([1, 2, 3]);
      expect(ids(await db.from(tickets).without("tenant"))).toEqual([1, 2, 3]);
      expect(ids(await acme.from(comments).without("shown"))).toEqual([10, 11]);
      expect(ids(await acme.from(comments).without("shown", "kinds"))).toEqual([10, 11, 13]);
      expect(ids(await acme.without("kinds").from(comments).without("tenant"))).toEqual([
        10, 12, 13, 14,
      ]);
      expect(ids(await db.without("tenant").scoped({ tenant: BEST }).from(tickets))).toEqual([3]);
    });

    test("refuse a query without a value, before anything is sent", async ({ db }) => {
      const other = alias(tickets, "other");
      const all = db.without("tenant").from(tickets);
      expect(await all.where(exists(db.from(other).where(eq(other.id, 1)))).count()).toBe(0);
      const refused = [
        () => db.from(tickets),
        () => db.from(tickets).count(),
        () => db.scoped({ other: 1 }).from(tickets),
        () => db.update(tickets).set({ code: "x" }).all(),
        () => db.delete(tickets).all(),
        () => db.insert(tickets).values({ id: 1, code: "x" }),
        () =>
          db
            .from(tickets)
            .without("tenant")
            .where(exists(db.from(other))),
        () => db.from(tickets).explain(),
      ];
      for (const [at, refuse] of refused.entries())
        expect(await failureOf(async () => await refuse()), String(at)).toMatchObject({
          code: "E_NO_SCOPE",
        });
      for (const values of [{}, undefined, { tenant: null }, { tenant: undefined }])
        expect(await failureOf(() => db.scoped(values as never))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(await failureOf(db.scoped({ tenant: "no uuid" }).from(tickets))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("share one plan, whatever their values", async ({ db }) => {
      const read = (tenant: string) => db.scoped({ tenant }).from(tickets).where(eq(tickets.id, 1));
      await read(ACME);
      const { plans } = db.stats();
      await read(BEST);
      expect(db.stats().plans).toBe(plans);
      expect(read(ACME).toSql().text).toBe(read(BEST).toSql().text);
    });

    test("let each client write its own rows", async ({ db }) => {
      await fill(db);
      const best = db.scoped({ tenant: BEST });
      expect(await best.update(tickets).set({ code: "b9" }).all()).toEqual({ affectedRows: 1 });
      expect(await best.delete(tickets).where(eq(tickets.id, 1))).toEqual({ affectedRows: 0 });
      expect(await best.delete(comments).all()).toEqual({ affectedRows: 2 });
      expect(await best.updateMany(tickets, [{ id: 1, code: "b8" }])).toEqual({
        affectedRows: 0,
        missing: 1,
      });
      await best.insert(tickets).values([
        { id: 4, code: "b2" },
        { id: 5, tenantId: BEST, code: "b3" },
      ]);
      await best.insert(tickets).stream([{ id: 6, code: "b4" }]);
      await best
        .insert(comments)
        .select(best.select({ id: tickets.id, ticketId: tickets.id }).from(tickets));
      const stored = db.without("tenant", "shown").from(comments).where(isNull(comments.shownAt));
      expect((await stored.orderBy(asc(comments.id))).map((row) => [row.id, row.tenantId])).toEqual(
        [
          [3, BEST],
          [4, BEST],
          [5, BEST],
          [6, BEST],
          [11, ACME],
        ],
      );
      const refused = [
        () => best.insert(tickets).values({ id: 9, tenantId: ACME, code: "x" }),
        () => best.update(tickets).set({ tenantId: ACME }).all(),
        () => best.updateMany(tickets, [{ id: 4, tenantId: ACME }]),
        () =>
          best
            .insert(tickets)
            .values({ id: 4, code: "x" })
            .onConflict(tickets.id)
            .update({ tenantId: ACME }),
      ];
      for (const refuse of refused)
        expect(await failureOf(async () => await refuse())).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      const moved = db.without("tenant").update(tickets).set({ tenantId: ACME });
      expect(await moved.where(eq(tickets.id, 4))).toEqual({ affectedRows: 1 });
      await best.update(tickets).set({ tenantId: BEST, code: "same" }).where(eq(tickets.id, 5));
    });

    test("keep an insert from changing rows of others that hold its key", async ({ db }) => {
      await fill(db);
      const best = db.scoped({ tenant: BEST });
      const upsert = (row: { readonly id: number; readonly code: string }) =>
        best.insert(tickets).values(row).onConflict(tickets.id).update(["code"]);
      expect(await failureOf(upsert({ id: 1, code: "taken" }))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
      expect(await upsert({ id: 3, code: "own" })).toEqual({ affectedRows: 1 });
      const all = db.without("tenant").from(tickets).orderBy(asc(tickets.id));
      expect((await all).map(({ code }) => code)).toEqual(["a1", "a2", "own"]);
    });

    test("stand in transactions and in what is nested in them", async ({ db }) => {
      await fill(db);
      const seen = async (tx: Transaction): Promise<number[]> => ids(await tx.from(tickets));
      await db.scoped({ tenant: ACME }).transaction(async (tx) => {
        expect(await seen(tx)).toEqual([1, 2]);
        await tx.transaction(async (inner) => expect(await seen(inner)).toEqual([1, 2]));
        expect(await seen(tx.scoped({ tenant: BEST }))).toEqual([3]);
        expect(await seen(tx.without("tenant"))).toEqual([1, 2, 3]);
      });
      const tx = await db.scoped({ tenant: BEST }).begin();
      expect(await seen(tx)).toEqual([3]);
      await tx.rollback();
    });

    test("may have a condition of their own, for rows that all share", async ({ db }) => {
      await db
        .without("region")
        .insert(prices)
        .values([
          { id: 1, region: "eu" },
          { id: 2, region: "us" },
          { id: 3, region: null },
        ]);
      const eu = db.scoped({ region: "eu" });
      expect(ids(await eu.from(prices))).toEqual([1, 3]);
      await eu.insert(prices).values({ id: 4 });
      expect(await eu.from(prices).find(4)).toEqual({ id: 4, region: "eu" });
      expect(
        await failureOf(() => eu.insert(prices).values({ id: 5, region: null })),
      ).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });
  });
}
