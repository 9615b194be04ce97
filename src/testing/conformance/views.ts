import { createTables } from "../../migrate/create-tables.ts";
import {
  and,
  count,
  eq,
  gt,
  inArray,
  isNotNull,
  ne,
  or,
  scalar,
  sum,
} from "../../query/expression.ts";
import { add } from "../../query/functions/arithmetic.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { materializedView, view } from "../../query/read/view.ts";
import { caseWhen } from "../../query/functions/window.ts";
import { comment } from "../../schema/comment.ts";
import { index, uniqueIndex } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { alias, table } from "../../schema/table.ts";
import {
  bigint,
  boolean,
  bytes,
  date,
  decimal,
  double,
  enumType,
  integer,
  json,
  text,
  timestamp,
  uuid,
  varchar,
} from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const level = enumType("view_level", ["low", "it's high"]);

const people = table("people", {
  id: integer().primaryKey(),
  name: varchar({ length: 200 }).notNull(),
  email: varchar({ length: 60 }).caseInsensitive(),
  teamId: integer(),
  level: level(),
  credits: decimal({ precision: 10, scale: 2 }).notNull().default("0.00"),
  visits: bigint().notNull().default(0n),
  ratio: double(),
  isActive: boolean().notNull().default(true),
  key: uuid(),
  day: date(),
  raw: bytes({ length: 20 }),
  data: json<{ a: number }>(),
  joinedAt: timestamp().notNull().default(new Date("2026-01-31T12:00:00.500Z")),
});

const teams = table("teams", { id: integer().primaryKey(), title: text().notNull() });

const activePeople = view("z_active_person").as(
  (q) =>
    q
      .select({
        id: people.id,
        fullName: people.name,
        email: people.email,
        teamId: people.teamId,
        level: people.level,
        credits: people.credits,
        joinedAt: people.joinedAt,
        isRich: caseWhen(gt(people.credits, "10.00"), true).else(false),
      })
      .from(people)
      .where(
        and(
          eq(people.isActive, true),
          gt(people.joinedAt, new Date("2026-01-31T12:00:00.499Z")),
          or(gt(people.credits, "-0.01"), inArray(people.level, ["it's high"])),
          ne(people.name, "back\\' -- ? $1"),
        ),
      ),
  () => [comment("Who's there.")],
);

const busyTeams = view("a_busy_team").as((q) =>
  q
    .select({
      title: teams.title,
      size: count(activePeople.id),
      credits: sum(activePeople.credits),
    })
    .from(teams)
    .innerJoin(activePeople, eq(activePeople.teamId, teams.id))
    .groupBy(teams.id, teams.title)
    .having(gt(count(activePeople.id), 1)),
);

const byHand = view("by_hand", {
  personId: integer().notNull(),
  word: text("the_word").notNull(),
}).as(
  sql`select ${people.id}, concat(${people.name}, ${"'; \\ --"}) from ${people} where ${people.id} > ${-1}`,
);

const schema = { teams, people, busyTeams, activePeople, byHand };

/** Queries that the database keeps. */
export function viewCases({ alone, expect, group }: Kit): void {
  group("views", schema, (test) => {
    test("are read as tables are, with the types of their query", async ({ db }) => {
      await db.insert(teams).values([
        { id: 1, title: "Red" },
        { id: 2, title: "Blue" },
      ]);
      await db.insert(people).values([
        { id: 1, name: "Ada", teamId: 1, level: "it's high", credits: "12.50", email: "Ada@X.org" },
        { id: 2, name: "Bob", teamId: 1, credits: "0.25" },
        { id: 3, name: "Cy", teamId: 2, isActive: false },
        { id: 4, name: "Dee", teamId: 2, joinedAt: new Date("2020-01-01T00:00:00Z") },
      ]);
      expect(await db.from(activePeople).orderBy(activePeople.id)).toEqual([
        {
          id: 1,
          fullName: "Ada",
          email: "Ada@X.org",
          teamId: 1,
          level: "it's high",
          credits: "12.50",
          joinedAt: new Date("2026-01-31T12:00:00.500Z"),
          isRich: true,
        },
        {
          id: 2,
          fullName: "Bob",
          email: null,
          teamId: 1,
          level: null,
          credits: "0.25",
          joinedAt: new Date("2026-01-31T12:00:00.500Z"),
          isRich: false,
        },
      ]);
      expect(await db.from(busyTeams)).toEqual([{ title: "Red", size: 2, credits: "12.75" }]);
      expect(await db.from(activePeople).where(eq(activePeople.isRich, true)).count()).toBe(1);
      expect(await db.from(activePeople).where(eq(activePeople.email, "aDA@x.ORG")).count()).toBe(
        1,
      );
      expect(await db.from(activePeople).where(eq(activePeople.credits, "0.25")).count()).toBe(1);
      const later = gt(activePeople.joinedAt, new Date("2026-01-31T12:00:00.499Z"));
      expect(await db.from(activePeople).where(later).count()).toBe(2);
      const [highest] = await db.from(activePeople).orderBy(desc(activePeople.level)).limit(1);
      expect(highest?.id).toBe(1);
    });

    test("join with tables, with themselves and stand in subqueries", async ({ db }) => {
      await db.insert(teams).values([
        { id: 1, title: "Red" },
        { id: 2, title: "Blue" },
      ]);
      await db.insert(people).values([
        { id: 1, name: "Ada", teamId: 1 },
        { id: 2, name: "Bob", teamId: 1 },
      ]);
      expect(
        await db
          .select({ title: teams.title, name: activePeople.fullName, all: activePeople })
          .from(teams)
          .leftJoin(activePeople, and(eq(activePeople.teamId, teams.id), eq(activePeople.id, 1)))
          .orderBy(desc(teams.title)),
      ).toMatchObject([
        { title: "Red", name: "Ada", all: { id: 1 } },
        { title: "Blue", name: null, all: null },
      ]);
      const other = alias(activePeople, "other");
      expect(
        await db
          .select({ one: activePeople.id, other: other.id })
          .from(activePeople)
          .innerJoin(other, gt(other.id, activePeople.id)),
      ).toEqual([{ one: 1, other: 2 }]);
      const inside = db
        .select({ n: count() })
        .from(activePeople)
        .where(eq(activePeople.teamId, teams.id));
      expect(
        await db
          .select({ id: teams.id, n: scalar(inside) })
          .from(teams)
          .orderBy(asc(teams.id)),
      ).toEqual([
        { id: 1, n: 2 },
        { id: 2, n: 0 },
      ]);
      await db
        .insert(people)
        .select(
          db
            .select({ id: add(activePeople.id, 10), name: activePeople.fullName })
            .from(activePeople),
        );
      expect(await db.from(people).count()).toBe(4);
    });

    test("are made of SQL by hand, with their columns given", async ({ db }) => {
      await db.insert(people).values({ id: 5, name: "Eve" });
      expect(await db.from(byHand)).toEqual([{ personId: 5, word: "Eve'; \\ --" }]);
      expect(await db.from(byHand).where(eq(byHand.word, "Eve'; \\ --")).count()).toBe(1);
    });

    test("are never written to", async ({ db }) => {
      for (const work of [
        () => db.insert(activePeople as never).values({ id: 1 } as never),
        () =>
          db
            .update(activePeople as never)
            .set({ id: 1 } as never)
            .all(),
        () => db.delete(activePeople as never).all(),
      ])
        expect(await failureOf(work)).toMatchObject({ code: "E_UNKNOWN_SOURCE" });
      expect(await failureOf(db.from(activePeople).find(1 as never))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
    });
  });

  group("materialized views", {}, (test) => {
    test.needing(
      (can) => can.materializedViews,
      "keep their rows until they are refreshed",
      () =>
        alone(async (db) => {
          const totals = materializedView("totals").as(
            (q) =>
              q
                .select({ teamId: people.teamId, credits: sum(people.credits) })
                .from(people)
                .where(isNotNull(people.teamId))
                .groupBy(people.teamId),
            (t) => [uniqueIndex().on(t.teamId), index().on(desc(t.credits)), comment("Sums.")],
          );
          const rich = view("rich").as((q) => q.from(totals).where(gt(totals.credits, "5.00")));
          await createTables(db, defineSchema({ rich, totals, people }));
          await db.insert(people).values([
            { id: 1, name: "a", teamId: 1, credits: "2.50" },
            { id: 2, name: "b", teamId: 1, credits: "3.50" },
          ]);
          expect(await db.from(totals)).toEqual([]);
          await db.refresh(totals);
          expect(await db.from(rich)).toEqual([{ teamId: 1, credits: "6.00" }]);
          await db.insert(people).values({ id: 3, name: "c", teamId: 2, credits: "1.00" });
          await db.transaction(async (tx) => tx.refresh(totals, { concurrently: true }));
          expect(await db.from(totals).count()).toBe(2);
        }),
    );

    test("are refused before anything is sent where there are none", () =>
      alone(async (db) => {
        const totals = materializedView("totals", { n: integer() }).existing();
        expect(await failureOf(db.refresh(totals))).toMatchObject({
          code: db.can.materializedViews ? "E_MISSING_TABLE" : "E_UNSUPPORTED",
        });
        expect(
          await failureOf(db.refresh(view("x", { n: integer() }).existing() as never)),
        ).toMatchObject({ code: "E_INVALID_VALUE" });
      }));
  });
}
