import {
  between,
  count,
  countDistinct,
  eq,
  gt,
  inArray,
  like,
  lower,
  lt,
  max,
  ne,
  notInArray,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { inserted } from "../../query/write/conflict.ts";
import { caseWhen, over, rank } from "../../query/functions/window.ts";
import { index, unique } from "../../schema/constraints.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table(
  "caseless",
  {
    id: integer().primaryKey(),
    email: varchar("e_mail", { length: 40 }).caseInsensitive().unique(),
    team: varchar({ length: 20 }).notNull().default("t").caseInsensitive(),
    place: integer().notNull().default(0),
    plain: varchar({ length: 40 }),
  },
  (t) => [unique().on(t.team, t.place), index().on(desc(t.team))],
);

const other = alias(people, "other");

/** Text whose letters of ASCII are equal without regard to case, and nothing else. */
export function caselessCases({ expect, group }: Kit): void {
  group("case-insensitive text", { people }, (test) => {
    const ids = async (rows: PromiseLike<readonly { id: number }[]>): Promise<number[]> =>
      (await rows).map((row) => row.id);

    test("keeps its spelling and is found by any", async ({ db }) => {
      await db.insert(people).values([
        { id: 1, email: "Alice@Example.org", place: 1 },
        { id: 2, email: "bob@example.org", place: 2 },
        { id: 3, email: null, place: 3 },
      ]);
      const found = db.from(people).where(eq(people.email, "aLICE@example.ORG"));
      expect((await found.one()).email).toBe("Alice@Example.org");
      expect(await ids(db.from(people).where(ne(people.email, "ALICE@EXAMPLE.ORG")))).toEqual([2]);
      expect(
        await ids(db.from(people).where(inArray(people.email, ["BOB@example.org", "x"]))),
      ).toEqual([2]);
      expect(
        await ids(db.from(people).where(notInArray(people.email, ["BOB@example.org"]))),
      ).toEqual([1]);
      const many = Array.from({ length: 40_000 }, (_, at) => `NOBODY${at}`);
      expect(
        await ids(db.from(people).where(inArray(people.email, [...many, "BOB@EXAMPLE.ORG"]))),
      ).toEqual([2]);
      expect(await ids(db.from(people).where(between(people.email, "A", "B")))).toEqual([1]);
      expect(await ids(db.from(people).where(gt(people.email, "ALICE@EXAMPLE.ORG")))).toEqual([2]);
      expect(await ids(db.from(people).where(like(people.email, "alice%")))).toEqual([]);
      const changed = await db
        .update(people)
        .set({ email: "ALICE@example.org" })
        .where(eq(people.email, "alice@example.org"))
        .returning();
      expect(changed.map((row) => row.email)).toEqual(["ALICE@example.org"]);
    });

    test("is unique without regard to case, alone and beside other columns", async ({ db }) => {
      await db.insert(people).values({ id: 1, email: "Ann", team: "Red", place: 1 });
      expect(await failureOf(db.insert(people).values({ id: 2, email: "aNN" }))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        table: "caseless",
        constraint: "caseless_e_mail_unique",
        columns: ["e_mail"],
      });
      expect(
        await failureOf(db.insert(people).values({ id: 2, team: "rED", place: 1 })),
      ).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
        columns: ["team", "place"],
      });
      await db.insert(people).values({ id: 2, email: "ann ", team: "red", place: 2 });
      await db
        .insert(people)
        .values({ id: 1, email: "ANN", team: "RED", place: 1 })
        .onConflict(people.team, people.place)
        .update(["email"]);
      await db
        .insert(people)
        .values({ id: 3, email: "aNn", plain: "new", place: 9 })
        .onConflict(people.email)
        .update(["plain"]);
      await db
        .insert(people)
        .values({ id: 4, email: "ann", plain: "none", place: 8 })
        .onConflict(people.email)
        .ignore();
      expect(await db.from(people).orderBy(people.id)).toEqual([
        { id: 1, email: "ANN", team: "Red", place: 1, plain: "new" },
        { id: 2, email: "ann ", team: "red", place: 2, plain: null },
      ]);
    });

    test("knows the case of no letter beyond ASCII, and equates nothing else", async ({ db }) => {
      const distinct = [
        "É",
        "é",
        "Ж",
        "ж",
        "ß",
        "ss",
        "İ",
        "i",
        "ı",
        "\u212a",
        "k",
        "a",
        "a ",
        "á",
        "e\u0301",
        "_",
        "^",
      ];
      await db.insert(people).values(distinct.map((email, id) => ({ id, email, place: id })));
      for (const [id, email] of distinct.entries())
        expect(await ids(db.from(people).where(eq(people.email, email)))).toEqual([id]);
      expect(await ids(db.from(people).where(eq(people.email, "A")))).toEqual([11]);
    });

    test("is compared in what an insert does to a row that exists", async ({ db }) => {
      await db.insert(people).values([
        { id: 1, email: "Ada@x", place: 1, plain: "old" },
        { id: 2, email: "bob@x", place: 2 },
      ]);
      await db
        .insert(people)
        .values([
          { id: 8, email: "ADA@X", place: 8 },
          { id: 9, email: "BOB@X", place: 9 },
        ])
        .onConflict(people.email)
        .update(
          {
            email: inserted(people.email),
            place: caseWhen(eq(people.email, "aDA@x"), 10).else(20),
            plain: caseWhen(eq(inserted(people.email), "ada@x"), "new").else("other"),
          },
          { where: eq(inserted(people.email), people.email) },
        );
      const rows = db.select({ email: people.email, place: people.place, plain: people.plain });
      expect(await rows.from(people).orderBy(people.id)).toEqual([
        { email: "ADA@X", place: 10, plain: "new" },
        { email: "BOB@X", place: 20, plain: "other" },
      ]);
    });

    test("is ordered as if its letters were small", async ({ db }) => {
      const sorted = ["", "_", "A", "a_", "AB", "abc", "B", "É", "ж"];
      const rows = sorted.map((email, id) => ({ id, email, place: id })).toReversed();
      await db.insert(people).values(rows);
      const emails = db.select({ email: people.email }).from(people);
      expect(await emails.orderBy(people.email).list()).toEqual(sorted);
      expect(await emails.orderBy(desc(people.email)).list()).toEqual(sorted.toReversed());
      expect(
        await ids(db.from(people).where(lt(people.email, "b")).orderBy(asc(people.email))),
      ).toEqual([0, 1, 2, 3, 4, 5]);
    });

    test("meets other texts without regard to case", async ({ db }) => {
      await db.insert(people).values([
        { id: 1, email: "Ann", team: "x", plain: "BEN", place: 1 },
        { id: 2, email: "Ben", team: "X", plain: "ann", place: 2 },
      ]);
      const pairs = db
        .select({ id: people.id, other: other.id })
        .from(people)
        .innerJoin(other, eq(people.plain, other.email))
        .orderBy(people.id);
      expect(await pairs).toEqual([
        { id: 1, other: 2 },
        { id: 2, other: 1 },
      ]);
      const plain = db.select({ plain: people.plain }).from(people).where(eq(people.id, 1));
      expect(await ids(db.from(people).where(inArray(people.email, plain)))).toEqual([2]);
      const emails = db.select({ email: people.email }).from(people).where(eq(people.id, 1));
      expect(await ids(db.from(people).where(inArray(people.plain, emails)))).toEqual([2]);
      const inner = db.select({ email: people.email }).from(people).as("inner_rows");
      expect(await db.from(inner).where(eq(inner.email, "BEN"))).toEqual([{ email: "Ben" }]);
      expect(await db.select({ n: countDistinct(people.team) }).from(people)).toEqual([{ n: 1 }]);
      const ranked = db.select({ rank: over(rank(), { orderBy: people.team }) }).from(people);
      expect(await ranked.list()).toEqual([1, 1]);
    });

    test("is neither grouped nor made distinct by itself, but by its small letters", async ({
      db,
    }) => {
      await db.insert(people).values([
        { id: 1, team: "x", place: 1 },
        { id: 2, team: "X", place: 2 },
      ]);
      const team = db.select({ team: people.team }).from(people);
      for (const work of [
        () => team.groupBy(people.team),
        () => team.distinct(),
        () => team.union(team),
        () => db.select({ most: max(people.team) }).from(people),
      ])
        expect(await failureOf(work)).toMatchObject({ code: "E_UNSUPPORTED" });
      const small = lower(people.team);
      expect(await db.select({ team: small, n: count() }).from(people).groupBy(small)).toEqual([
        { team: "x", n: 2 },
      ]);
      expect(await db.select({ team: small }).from(people).distinct()).toEqual([{ team: "x" }]);
    });
  });
}
