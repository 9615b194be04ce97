import type { Database } from "../../query/database.ts";
import { eq, inArray } from "../../query/expression.ts";
import { asc } from "../../query/order.ts";
import { foreignKey } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, text, timestamp, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const CASCADE = { onDelete: "cascade" } as const;

const teams = table("gone_teams", {
  id: integer().primaryKey(),
  code: varchar({ length: 10 }).notNull().unique(),
  ...softDelete({ by: "deletedBy", cascade: true }),
});
const members = table("gone_members", {
  team: integer()
    .primaryKey()
    .references(() => teams.id, CASCADE),
  number: integer().primaryKey(),
  ...timestamps(),
  ...softDelete({ by: "deletedBy", cascade: true }),
});
const posts = table(
  "gone_posts",
  {
    id: integer().primaryKey(),
    team: integer(),
    number: integer(),
    code: varchar({ length: 10 }).references(() => teams.code, CASCADE),
    answers: integer().references(() => posts.id, CASCADE),
    ...softDelete({ cascade: "deletedWith" }),
  },
  (t) => [
    foreignKey()
      .on(t.team, t.number)
      .references(() => [members.team, members.number], CASCADE),
  ],
);
/** Takes no part in it. */
const notes = table("gone_notes", {
  id: integer().primaryKey(),
  team: integer().references(() => teams.id, CASCADE),
  ...softDelete(),
});
const oldTeams = table("gone_old_teams", {
  id: integer().primaryKey(),
  code: varchar({ length: 10 }),
  deletedAt: timestamp({ precision: 3 }),
  deletedBy: text(),
  deletionId: uuid(),
  archivedAt: timestamp().notNull().defaultNow(),
});

const tables = { teams, members, posts, notes, oldTeams };
const schema = defineSchema(tables);

/** Two teams of two; posts of members, of a team's code, and an answer to a post. */
async function fill(db: Database<typeof schema>): Promise<void> {
  await db.insert(teams).values([
    { id: 1, code: "a" },
    { id: 2, code: "b" },
  ]);
  await db.insert(members).values([
    { team: 1, number: 1 },
    { team: 1, number: 2 },
    { team: 2, number: 1 },
  ]);
  await db
    .insert(posts)
    .values([
      { id: 1, team: 1, number: 1 },
      { id: 2, team: 1, number: 2 },
      { id: 3, code: "b" },
      { id: 4, answers: 2 },
      { id: 5, answers: 4 },
      { id: 6 },
    ]);
  await db.insert(notes).values([{ id: 1, team: 1 }]);
}

/** What is live: teams, members, posts. */
async function live(db: Database<typeof schema>): Promise<readonly (readonly unknown[])[]> {
  const [own, of, written] = await Promise.all([
    db.from(teams).orderBy(asc(teams.id)),
    db.from(members).orderBy(asc(members.team), asc(members.number)),
    db.from(posts).orderBy(asc(posts.id)),
  ]);
  return [
    own.map(({ id }) => id),
    of.map(({ number, team }) => `${team}${number}`),
    written.map(({ id }) => id),
  ];
}

/** Soft deletes that take others along, and what becomes of rows that were deleted long ago. */
export function cascadeCases({ alone, expect, schemaGroup }: Kit): void {
  schemaGroup("soft deletes that cascade", schema, (test) => {
    test("take along what points at the rows, at any depth, and bring exactly that back", async ({
      db,
    }) => {
      await fill(db);
      const own = db.as({ id: "admin" });
      await own.delete(posts).where(eq(posts.id, 1));
      await own.delete(members).where(eq(members.number, 2));
      expect(await live(db)).toEqual([
        [1, 2],
        ["11", "21"],
        [3, 6],
      ]);
      expect(await own.delete(teams).where(eq(teams.id, 1))).toEqual({ affectedRows: 1 });
      expect(await live(db)).toEqual([[2], ["21"], [3, 6]]);
      expect(await db.from(notes).count()).toBe(1);
      const gone = await db.from(members).onlyDeleted().orderBy(asc(members.number));
      expect(gone.map(({ deletedBy }) => deletedBy)).toEqual(["admin", "admin"]);

      expect(await db.restore(teams).where(eq(teams.id, 1))).toEqual({ affectedRows: 1 });
      expect(await live(db)).toEqual([
        [1, 2],
        ["11", "21"],
        [3, 6],
      ]);
      expect(await db.restore(members).all()).toEqual({ affectedRows: 1 });
      expect(await live(db)).toEqual([
        [1, 2],
        ["11", "12", "21"],
        [2, 3, 4, 5, 6],
      ]);
      await db.restore(posts).all();
      expect(await db.from(posts).where(eq(posts.id, 1))).toMatchObject([
        { deletedAt: null, deletedWith: null },
      ]);
    });

    test("keep deletions apart, however close they follow one another", async ({ db }) => {
      await fill(db);
      await db.delete(teams).all();
      expect(await live(db)).toEqual([[], [], [6]]);
      await db.restore(teams).where(eq(teams.id, 2));
      expect(await live(db)).toEqual([[2], ["21"], [3, 6]]);
      await db.delete(posts).where(eq(posts.id, 3));
      await db.delete(teams).where(eq(teams.id, 2));
      await db.restore(teams).all();
      expect(await live(db)).toEqual([
        [1, 2],
        ["11", "12", "21"],
        [1, 2, 4, 5, 6],
      ]);
    });

    test("give back the rows themselves, and are one transaction", async ({ db }) => {
      await fill(db);
      const gone = await db
        .delete(teams)
        .where(inArray(teams.id, [1, 2]))
        .returning();
      expect(gone.map(({ id }) => id).toSorted((one, other) => one - other)).toEqual([1, 2]);
      const back = await db.restore(teams).all().returning({ id: teams.id });
      expect(back.map(({ id }) => id).toSorted((one, other) => one - other)).toEqual([1, 2]);
      const stop = new Error("stop");
      const failed = db.transaction(async (tx) => {
        await tx.delete(teams).all();
        throw stop;
      });
      expect((await failureOf(failed)) === stop).toBe(true);
      expect(await live(db)).toEqual([
        [1, 2],
        ["11", "12", "21"],
        [1, 2, 3, 4, 5, 6],
      ]);
      expect(await db.delete(teams).where(eq(teams.id, 9))).toEqual({ affectedRows: 0 });
    });

    test("must know the schema", async () => {
      await alone(async (db) => {
        const failed = await failureOf(db.delete(teams).all());
        expect(failed).toMatchObject({ code: "E_CONFIG" });
      });
    });
  });

  schemaGroup("rows deleted long ago", schema, (test) => {
    const long = { olderThan: { days: 30 } };
    const age = async (db: Database<typeof schema>, ids: readonly number[]): Promise<void> => {
      await db.insert(teams).values(ids.map((id) => ({ id, code: String(id) })));
      await db.delete(teams).all();
      const deletedAt = new Date(Date.now() - 60 * 86_400_000);
      const old = db.update(teams).onlyDeleted().set({ deletedAt });
      await old.where(inArray(teams.id, ids.slice(1)));
    };

    test("are purged in batches, and others stay", async ({ db }) => {
      await age(db, [1, 2, 3, 4, 5]);
      await db.insert(teams).values({ id: 9, code: "live" });
      expect(await db.purge(teams, { ...long, batch: 3 })).toEqual({ affectedRows: 4 });
      const left = await db.from(teams).withDeleted().orderBy(asc(teams.id));
      expect(left.map(({ id }) => id)).toEqual([1, 9]);
      expect(await db.purge(teams, { olderThan: new Date(Date.now() + 60_000) })).toEqual({
        affectedRows: 1,
      });
      for (const olderThan of [undefined, { days: -1 }, new Date(Number.NaN), { days: "1" }])
        expect(await failureOf(db.purge(teams, { olderThan } as never))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(await failureOf(db.purge(teams, { ...long, batch: 0 }))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    test("are archived, each of them in one table at any time", async ({ db }) => {
      await age(db, [1, 2, 3, 4, 5]);
      // Two batches of two: the second fails, and the first stays done.
      const [, , , fourth] = await db.from(teams).withDeleted().orderBy(asc(teams.id));
      await db
        .update(teams)
        .onlyDeleted()
        .set({ deletedAt: new Date(Date.now() - 59 * 86_400_000) })
        .where(inArray(teams.id, [4, 5]));
      await db.insert(oldTeams).values({ id: fourth!.id, code: "taken" });
      const work = (): Promise<unknown> => db.archive(teams, { ...long, into: oldTeams, batch: 2 });
      expect(await failureOf(work)).toMatchObject({ code: "E_UNIQUE_VIOLATION" });
      const kept = await db.from(teams).withDeleted().orderBy(asc(teams.id));
      expect(kept.map(({ id }) => id)).toEqual([1, 4, 5]);
      await db.delete(oldTeams).where(eq(oldTeams.id, 4));
      expect(await work()).toEqual({ affectedRows: 2 });
      const moved = await db.from(oldTeams).orderBy(asc(oldTeams.id));
      expect(moved.map(({ id, deletedAt }) => [id, deletedAt !== null])).toEqual(
        [2, 3, 4, 5].map((id) => [id, true]),
      );
      expect((await db.from(teams).withDeleted()).map(({ id }) => id)).toEqual([1]);
    });

    test("stay where others point at them, and want a table that can hold them", async ({ db }) => {
      await age(db, [1, 2, 3]);
      await db.insert(notes).values({ id: 1, team: 2 });
      await db.delete(notes).all();
      expect(await db.archive(teams, { ...long, into: oldTeams })).toEqual({ affectedRows: 1 });
      expect(await db.from(notes).withDeleted().count()).toBe(1);
      const wrong = db.archive(notes, { ...long, into: oldTeams });
      expect(await failureOf(wrong)).toMatchObject({ code: "E_CONFIG" });
      // A purge does what the foreign key says.
      expect(await db.purge(teams, long)).toEqual({ affectedRows: 1 });
      expect(await db.from(notes).withDeleted().count()).toBe(0);
    });
  });
}
