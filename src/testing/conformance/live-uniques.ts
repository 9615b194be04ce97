import { eq, isNull } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { inserted } from "../../query/write/conflict.ts";
import { index, unique, uniqueIndex } from "../../schema/constraints.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { integer, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const accounts = table("live_accounts", {
  id: integer().primaryKey(),
  email: varchar({ length: 60 }).notNull().unique({ among: "live" }),
  login: varchar({ length: 60 }).unique(),
  visits: integer().notNull().default(0),
  ...softDelete(),
});

const grants = table(
  "live_grants",
  {
    id: integer().primaryKey(),
    person: integer().notNull(),
    role: varchar({ length: 20 }).caseInsensitive().notNull(),
    place: integer(),
    ...softDelete({ column: "revokedAt", scope: "off" }),
  },
  (t) => [
    unique({ name: "one_grant", among: "live" }).on(t.person, t.role),
    uniqueIndex({ among: "live" }).on(t.place),
    index({ among: "live" }).on(t.role),
    uniqueIndex("by_hand").on(t.id, t.place).where(isNull(t.revokedAt)),
  ],
);

/** Keys among the rows that aren't deleted, and keys that deleted rows hold. */
export function liveUniqueCases({ expect, group }: Kit): void {
  group("keys of live rows", { accounts, grants }, (test) => {
    test("are free again once a row is deleted, and taken by live rows alone", async ({ db }) => {
      const ada = { id: 1, email: "ada@x.org" };
      await db.insert(accounts).values(ada);
      expect(await failureOf(db.insert(accounts).values({ ...ada, id: 2 }))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        columns: ["email"],
        constraint: "live_accounts_email_unique",
      });
      for (const id of [2, 3]) {
        await db.delete(accounts).all();
        await db.insert(accounts).values({ ...ada, id });
      }
      expect(await db.from(accounts).withDeleted().count()).toBe(3);
      const back = await failureOf(db.restore(accounts).where(eq(accounts.id, 1)));
      expect(back).toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["email"] });
      expect((back as Error).message.includes("restore")).toBe(true);
    });

    test("may be of several columns, and without regard to case", async ({ db }) => {
      const grant = { person: 1, role: "Admin" };
      await db.insert(grants).values({ id: 1, ...grant });
      const again = db.insert(grants).values({ id: 2, person: 1, role: "aDMIN" });
      expect(await failureOf(again)).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        constraint: "one_grant",
      });
      await db.delete(grants).all();
      await db.insert(grants).values({ id: 2, person: 1, role: "aDMIN", place: 7 });
      expect(
        await failureOf(db.insert(grants).values({ id: 3, person: 2, role: "x", place: 7 })),
      ).toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["place"] });
    });

    test("are met by an insert that updates, and deleted rows aren't", async ({ db }) => {
      await db.insert(accounts).values([
        { id: 1, email: "a@x.org", visits: 1 },
        { id: 2, email: "b@x.org", visits: 1 },
      ]);
      await db.delete(accounts).where(eq(accounts.id, 1));
      const rows = [
        { id: 3, email: "a@x.org", visits: 5 },
        { id: 4, email: "b@x.org", visits: 5 },
      ];
      const upsert = db
        .insert(accounts)
        .values(rows)
        .onConflict(accounts.email)
        .update({ visits: inserted(accounts.visits) });
      expect(await upsert).toEqual({ affectedRows: 2 });
      const all = db.from(accounts).withDeleted().orderBy(asc(accounts.id));
      expect((await all).map(({ id, visits }) => [id, visits])).toEqual([
        [1, 1],
        [2, 5],
        [3, 5],
      ]);
      await db.insert(accounts).values(rows).onConflict(accounts.email).ignore();
      expect(await db.from(accounts).withDeleted().count()).toBe(3);
      const ofGrants = { id: 1, person: 1, role: "a" };
      for (const place of [1, 2])
        await db
          .insert(grants)
          .values({ ...ofGrants, place })
          .onConflict(grants.person, grants.role)
          .update(["place"]);
      expect(await db.from(grants)).toMatchObject([{ id: 1, place: 2 }]);
    });

    test("of all rows are held by deleted ones, which an insert doesn't change unasked", async ({
      db,
    }) => {
      await db.insert(accounts).values([
        { id: 1, email: "a@x.org", login: "a", visits: 1 },
        { id: 2, email: "b@x.org", login: "b", visits: 1 },
      ]);
      await db.delete(accounts).where(eq(accounts.id, 1));
      const taken = await failureOf(
        db.insert(accounts).values({ id: 3, email: "c@x.org", login: "a" }),
      );
      expect(taken).toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["login"] });
      expect((taken as Error).message.includes("withDeleted")).toBe(true);
      const rows = [
        { id: 3, email: "b@x.org", login: "b", visits: 7 },
        { id: 4, email: "d@x.org", login: "a", visits: 7 },
      ];
      const blocked = db
        .insert(accounts)
        .values(rows)
        .onConflict(accounts.login)
        .update(["visits"]);
      expect(await failureOf(blocked)).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        columns: ["login"],
        table: "live_accounts",
      });
      const all = db.from(accounts).withDeleted().orderBy(asc(accounts.id));
      expect((await all).map(({ visits }) => visits)).toEqual([1, 1]);
      const revived = db
        .insert(accounts)
        .withDeleted()
        .values(rows)
        .onConflict(accounts.login)
        .update({ visits: inserted(accounts.visits), deletedAt: null });
      expect(await revived).toEqual({ affectedRows: 2 });
      expect(
        (await db.from(accounts).orderBy(asc(accounts.id))).map(({ visits }) => visits),
      ).toEqual([7, 7]);
      await db.delete(accounts).where(eq(accounts.login, "a"));
      const chosen = db
        .insert(accounts)
        .values(rows)
        .onConflict(accounts.login)
        .update({ visits: 9 }, { where: eq(accounts.visits, 7) });
      expect(await chosen).toEqual({ affectedRows: 1 });
    });
  });
}
