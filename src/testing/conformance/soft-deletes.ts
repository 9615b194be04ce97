import { and, count, eq, exists, inArray, isNull, or, scalar } from "../../query/expression.ts";
import { live } from "../../query/lifts.ts";
import { asc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import type { Database } from "../../query/database.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { alias, table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table("soft_people", {
  id: integer().primaryKey(),
  name: varchar({ length: 40 }).notNull().unique(),
  credits: integer().notNull().default(0),
  ...timestamps(),
  ...softDelete({ by: "deletedBy" }),
});

const posts = table("soft_posts", {
  id: integer().primaryKey(),
  personId: integer(),
  ...softDelete({ column: "removedAt", by: { removedBy: integer() } }),
});

const notes = table("kept_notes", {
  id: integer().primaryKey(),
  word: text(),
  ...softDelete({ scope: "off" }),
});

const copies = table("post_copies", { id: integer().primaryKey(), personId: integer() });

/** Ada is live, Bo is deleted, Cy is live; 11 is a deleted post of Ada's. */
async function fill(db: Database): Promise<void> {
  await db.insert(people).values([
    { id: 1, name: "Ada" },
    { id: 2, name: "Bo" },
    { id: 3, name: "Cy" },
  ]);
  await db.insert(posts).values([
    { id: 10, personId: 1 },
    { id: 11, personId: 1 },
    { id: 12, personId: 2 },
    { id: 13, personId: 9 },
  ]);
  await db.delete(people).where(eq(people.id, 2));
  await db.delete(posts).where(eq(posts.id, 11));
}

const names = (rows: readonly { readonly name: string }[]): string[] =>
  rows.map(({ name }) => name).toSorted();

/** Deletes that mark rows, and queries that leave marked rows out. */
export function softDeleteCases({ expect, group }: Kit): void {
  group("soft deletes", { people, posts, notes, copies }, (test) => {
    test("mark rows with the time and who it was, and restoring takes both away", async ({
      db,
    }) => {
      await db.insert(people).values([
        { id: 1, name: "Ada", createdAt: new Date(0), updatedAt: new Date(0) },
        { id: 2, name: "Bo" },
      ]);
      const own = db.as({ id: "admin" });
      expect(await own.delete(people).where(eq(people.id, 1))).toEqual({ affectedRows: 1 });
      expect(await db.from(people).find(1)).toBe(undefined);
      const [row] = await db.from(people).onlyDeleted();
      expect([row!.name, row!.deletedBy, row!.updatedAt.getTime() > 0]).toEqual([
        "Ada",
        "admin",
        true,
      ]);
      expect(Math.abs(row!.deletedAt!.getTime() - row!.updatedAt.getTime()) < 1000).toBe(true);
      expect(Math.abs(Date.now() - row!.deletedAt!.getTime()) < 60_000).toBe(true);

      await db
        .update(people)
        .withDeleted()
        .set({ updatedAt: new Date(0) })
        .all();
      expect(await db.restore(people).where(eq(people.id, 1))).toEqual({ affectedRows: 1 });
      const back = await db.from(people).find(1);
      expect([back!.deletedAt, back!.deletedBy, back!.updatedAt.getTime() > 0]).toEqual([
        null,
        null,
        true,
      ]);
      expect(await db.restore(people).all()).toEqual({ affectedRows: 0 });
    });

    test("leave a row alone that is deleted already, with who it was and when", async ({ db }) => {
      await db.insert(people).values({ id: 1, name: "Ada" });
      await db.as({ id: "first" }).delete(people).all();
      const [before] = await db.from(people).withDeleted();
      expect(await db.as({ id: "second" }).delete(people).all()).toEqual({ affectedRows: 0 });
      expect(await db.from(people).withDeleted()).toEqual([before]);
      await db.insert(notes).values({ id: 1 });
      expect(await db.delete(notes).all()).toEqual({ affectedRows: 1 });
      expect(await db.delete(notes).all()).toEqual({ affectedRows: 0 });
    });

    test("keep the actor as the column's type has it, or refuse one that doesn't fit", async ({
      db,
    }) => {
      await db.insert(posts).values([{ id: 1 }, { id: 2 }, { id: 3 }]);
      await db.as({ id: 7 }).delete(posts).where(eq(posts.id, 1));
      await db.as({ ip: "10.0.0.1" }).delete(posts).where(eq(posts.id, 2));
      const deleted = db.from(posts).onlyDeleted().orderBy(asc(posts.id));
      expect((await deleted).map(({ removedBy }) => removedBy)).toEqual([7, null]);
      const wrong = db.as({ id: "seven" }).delete(posts).where(eq(posts.id, 3));
      expect(await failureOf(wrong)).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test("are told apart in reads, counts, pages and streams of one table", async ({ db }) => {
      await fill(db);
      expect(names(await db.from(people))).toEqual(["Ada", "Cy"]);
      expect(names(await db.from(people).withDeleted())).toEqual(["Ada", "Bo", "Cy"]);
      expect(names(await db.from(people).onlyDeleted())).toEqual(["Bo"]);
      expect(names(await db.from(people).where(or(eq(people.id, 2), eq(people.id, 3))))).toEqual([
        "Cy",
      ]);
      expect(await db.from(people).count()).toBe(2);
      expect(await db.from(people).limit(5).count()).toBe(2);
      expect(await db.select({ n: count() }).from(people)).toEqual([{ n: 2 }]);
      expect(await db.from(people).withDeleted().find(2)).toMatchObject({ name: "Bo" });
      const streamed: string[] = [];
      for await (const row of db.from(people).orderBy(asc(people.id)).stream())
        streamed.push(row.name);
      expect(streamed).toEqual(["Ada", "Cy"]);
      const other = alias(people, "other");
      expect(names(await db.from(other))).toEqual(["Ada", "Cy"]);
      expect(names(await db.from(other).onlyDeleted())).toEqual(["Bo"]);
    });

    test("stand in ON where a join may leave the table out", async ({ db }) => {
      await fill(db);
      const pairs = db
        .select({ name: people.name, post: posts.id })
        .from(people)
        .leftJoin(posts, eq(posts.personId, people.id))
        .orderBy(asc(people.id), asc(posts.id));
      expect(await pairs).toEqual([
        { name: "Ada", post: 10 },
        { name: "Cy", post: null },
      ]);
      expect(await pairs.withDeleted(posts)).toEqual([
        { name: "Ada", post: 10 },
        { name: "Ada", post: 11 },
        { name: "Cy", post: null },
      ]);
      expect(await pairs.onlyDeleted(posts)).toEqual([
        { name: "Ada", post: 11 },
        { name: "Cy", post: null },
      ]);
      // As some write it by hand: it loses Ada where her only post is deleted.
      const inWhere = pairs.withDeleted(posts).where(isNull(posts.removedAt));
      expect(await inWhere.where(eq(people.id, 1))).toEqual([{ name: "Ada", post: 10 }]);
      const authors = db
        .select({ name: people.name, post: posts.id })
        .from(people)
        .rightJoin(posts, eq(posts.personId, people.id))
        .orderBy(asc(posts.id));
      expect(await authors).toEqual([
        { name: "Ada", post: 10 },
        { name: null, post: 12 },
        { name: null, post: 13 },
      ]);
      expect(await authors.withDeleted(people)).toEqual([
        { name: "Ada", post: 10 },
        { name: "Bo", post: 12 },
        { name: null, post: 13 },
      ]);
      const own = db
        .select({ name: people.name, post: posts.id })
        .from(people)
        .innerJoin(posts, eq(posts.personId, people.id));
      expect(await own).toEqual([{ name: "Ada", post: 10 }]);
      expect(await own.withDeleted(people).withDeleted(posts).count()).toBe(3);
      expect(await db.select({ id: people.id }).from(people).crossJoin(posts).count()).toBe(6);
    });

    test.needing(
      ({ fullJoin }) => fullJoin,
      "stand on both sides of a full join",
      async ({ db }) => {
        await fill(db);
        const all = db
          .select({ name: people.name, post: posts.id })
          .from(people)
          .fullJoin(posts, eq(posts.personId, people.id))
          .orderBy(asc(people.id), asc(posts.id));
        expect(await all).toEqual([
          { name: null, post: 12 },
          { name: null, post: 13 },
          { name: "Ada", post: 10 },
          { name: "Cy", post: null },
        ]);
        expect(await all.onlyDeleted(people)).toEqual([
          { name: null, post: 10 },
          { name: null, post: 13 },
          { name: "Bo", post: 12 },
        ]);
      },
    );

    test("are left out of queries inside of others", async ({ db }) => {
      await fill(db);
      const own = db.from(posts).where(eq(posts.personId, people.id));
      const writers = db.from(people).where(exists(own)).orderBy(asc(people.id));
      expect(names(await writers)).toEqual(["Ada"]);
      expect(names(await writers.withDeleted())).toEqual(["Ada", "Bo"]);
      const ids = db.select({ id: posts.personId }).from(posts);
      expect(names(await db.from(people).withDeleted().where(inArray(people.id, ids)))).toEqual([
        "Ada",
        "Bo",
      ]);
      const onlyTwelve = ids.withDeleted(posts).where(inArray(posts.id, [11, 12]));
      expect(names(await db.from(people).where(inArray(people.id, onlyTwelve)))).toEqual(["Ada"]);
      const counted = db.select({ n: count() }).from(posts).where(eq(posts.personId, people.id));
      const sized = db.select({ name: people.name, n: scalar(counted) }).from(people);
      expect(await sized.orderBy(asc(people.id))).toEqual([
        { name: "Ada", n: 1 },
        { name: "Cy", n: 0 },
      ]);
      const perPerson = db
        .select({ id: posts.personId, n: count() })
        .from(posts)
        .groupBy(posts.personId)
        .as("per_person");
      const joined = db
        .select({ name: people.name, n: perPerson.n })
        .from(people)
        .innerJoin(perPerson, eq(perPerson.id, people.id));
      expect(await joined).toEqual([{ name: "Ada", n: 1 }]);
      const before = db.with("of_ada", db.from(posts).where(eq(posts.personId, 1)));
      expect(await db.select({ id: before.id }).from(before)).toEqual([{ id: 10 }]);
      const both = db
        .select({ id: people.id })
        .from(people)
        .union(db.select({ id: posts.id }).from(posts));
      expect(await both.orderBy(asc(both.columns.id))).toEqual(
        [1, 3, 10, 12, 13].map((id) => ({ id })),
      );
      const chain = db.withRecursive(
        "chain",
        db.select({ id: people.id }).from(people).where(eq(people.id, 1)),
        (self) =>
          db.select({ id: posts.id }).from(posts).innerJoin(self, eq(posts.personId, self.id)),
      );
      expect(await db.select({ id: chain.id }).from(chain).orderBy(asc(chain.id))).toEqual([
        { id: 1 },
        { id: 10 },
      ]);
    });

    test("are left out of writes, alone and joined", async ({ db }) => {
      await fill(db);
      expect(await db.update(people).set({ credits: 5 }).all()).toEqual({ affectedRows: 2 });
      expect(await db.update(people).onlyDeleted().set({ credits: 7 }).all()).toEqual({
        affectedRows: 1,
      });
      expect(
        await db.updateMany(people, [
          { id: 1, credits: 6 },
          { id: 2, credits: 6 },
        ]),
      ).toEqual({
        affectedRows: 1,
        missing: 1,
      });
      const moved = db
        .update(posts)
        .set({ personId: people.credits })
        .innerJoin(people, eq(people.id, posts.personId))
        .all();
      expect(await moved).toEqual({ affectedRows: 1 });
      const all = db.from(posts).withDeleted().orderBy(asc(posts.id));
      expect((await all).map(({ personId }) => personId)).toEqual([6, 1, 2, 9]);
      const joined = db
        .update(posts)
        .withDeleted()
        .withDeleted(people)
        .set({ personId: people.credits })
        .innerJoin(people, eq(people.id, posts.personId))
        .all();
      expect(await joined).toEqual({ affectedRows: 2 });
      expect((await all).map(({ personId }) => personId)).toEqual([6, 6, 7, 9]);
      const copied = db.insert(copies).select(db.select({ id: posts.id }).from(posts));
      expect(await copied).toEqual({ affectedRows: 3 });
      const [found] = await db
        .update(people)
        .set({ credits: 1 })
        .where(eq(people.id, 1))
        .returning({ credits: people.credits });
      expect(found).toEqual({ credits: 1 });
      expect(
        await db.update(people).set({ credits: 1 }).where(eq(people.id, 2)).returning(),
      ).toEqual([]);
    });

    test("give back their rows, join others, and delete for good where that is said", async ({
      db,
    }) => {
      await fill(db);
      const gone = await db
        .delete(people)
        .innerJoin(posts, eq(posts.personId, people.id))
        .all()
        .returning();
      expect(gone.map(({ deletedAt, name }) => [name, deletedAt instanceof Date])).toEqual([
        ["Ada", true],
      ]);
      const back = await db.restore(people).where(eq(people.id, 1)).returning();
      expect(back.map(({ deletedAt, name }) => [name, deletedAt])).toEqual([["Ada", null]]);
      const restored = db
        .restore(posts)
        .innerJoin(people, eq(people.id, posts.personId))
        .where(eq(people.name, "Ada"));
      expect(await restored).toEqual({ affectedRows: 1 });
      expect(await db.delete(people).hard().where(eq(people.id, 2))).toEqual({ affectedRows: 0 });
      expect(await db.delete(people).hard().onlyDeleted().all()).toEqual({ affectedRows: 1 });
      expect(await db.delete(people).hard().where(eq(people.id, 3)).returning()).toMatchObject([
        { id: 3 },
      ]);
      expect(names(await db.from(people).withDeleted())).toEqual(["Ada"]);
      await db.delete(people).all();
      expect(await db.delete(people).hard().withDeleted().all()).toEqual({ affectedRows: 1 });
    });

    test("hide nothing where the declaration says so", async ({ db }) => {
      await db.insert(notes).values([
        { id: 1, word: "one" },
        { id: 2, word: "two" },
      ]);
      await db.delete(notes).where(eq(notes.id, 2));
      expect(await db.from(notes).count()).toBe(2);
      expect(await db.from(notes).where(live(notes)).count()).toBe(1);
      expect(await db.from(notes).onlyDeleted().count()).toBe(1);
      expect(await db.update(notes).set({ word: "three" }).all()).toEqual({ affectedRows: 2 });
      expect(await db.restore(notes).all()).toEqual({ affectedRows: 1 });
    });

    test("are a condition for SQL by hand", async ({ db }) => {
      await fill(db);
      const own = db.execute<{ n: number }>(
        sql`select count(*) as n from ${people} where ${live(people)}`,
      );
      expect(Number((await own).rows[0]!.n)).toBe(2);
    });

    test("are refused for tables that aren't soft, or aren't read", async ({ db }) => {
      const refused = [
        () => db.from(copies).withDeleted(copies as never),
        () => db.restore(copies as never),
        () => live(copies as never),
      ];
      for (const refuse of refused)
        expect(await failureOf(refuse)).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
      expect(await failureOf(db.from(people).withDeleted(posts))).toMatchObject({
        code: "E_UNKNOWN_SOURCE",
      });
      expect(await failureOf(() => db.restore(people).where(and()))).toMatchObject({
        code: "E_NO_CONDITION",
      });
    });
  });
}
