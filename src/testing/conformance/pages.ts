import { add } from "../../query/functions/arithmetic.ts";
import { negate } from "../../query/functions/numbers.ts";
import { over, rowNumber } from "../../query/functions/window.ts";
import { count, eq, gt, lower, max } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { sql } from "../../query/sql.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const teams = table("teams", {
  id: integer().primaryKey(),
  name: varchar({ length: 20 }).notNull(),
});
const members = table("members", {
  id: integer().primaryKey(),
  teamId: integer(),
  name: varchar({ length: 20 }).notNull(),
  score: integer(),
});
const notes = table("notes", { place: integer().notNull(), body: text() });
const drafts = table("page_drafts", {
  id: integer().primaryKey(),
  title: varchar({ length: 20 }).notNull(),
  ...softDelete(),
});
const leads = alias(members, "leads");

const NAMES = ["ann", "bob", "Ann", "cy", "bob"] as const;

/** Pages by their numbers, and those of queries of every form by a cursor. */
export function pageCases({ expect, group }: Kit): void {
  group("pages", { teams, members, notes, drafts }, (test) => {
    const fill = async (db: Parameters<Parameters<typeof test>[1]>[0]["db"]): Promise<void> => {
      await db.insert(teams).values([
        { id: 1, name: "red" },
        { id: 2, name: "blue" },
        { id: 3, name: "none" },
      ]);
      await db.insert(members).values(
        Array.from({ length: 11 }, (_, id) => ({
          id,
          teamId: id % 4 === 3 ? null : 1 + (id % 2),
          name: NAMES[id % NAMES.length]!,
          score: id % 3 === 0 ? null : id % 5,
        })),
      );
    };

    test("count from 1, and tell how many there are", async ({ db }) => {
      await fill(db);
      const ids = db.select({ id: members.id }).from(members).orderBy(members.id);
      expect(await ids.page(1, { size: 4 })).toEqual({
        items: [{ id: 0 }, { id: 1 }, { id: 2 }, { id: 3 }],
        total: 11,
        page: 1,
        pages: 3,
        hasNextPage: true,
        hasPreviousPage: false,
      });
      expect(await ids.page(3, { size: 4 })).toEqual({
        items: [{ id: 8 }, { id: 9 }, { id: 10 }],
        total: 11,
        page: 3,
        pages: 3,
        hasNextPage: false,
        hasPreviousPage: true,
      });
      const behind = { items: [], total: 11, page: 5, pages: 3, hasNextPage: false };
      expect(await ids.page(5, { size: 4 })).toMatchObject(behind);
      expect(await ids.where(gt(members.id, 99)).page(1, { size: 4 })).toEqual({
        items: [],
        total: 0,
        page: 1,
        pages: 0,
        hasNextPage: false,
        hasPreviousPage: false,
      });
    });

    test("refuse numbers and sizes that are none", async ({ db }) => {
      for (const number of [0, -1, 1.5, Number.NaN, Infinity, "1" as never, 2 ** 53])
        expect(await failureOf(() => db.from(members).page(number, { size: 5 }))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      for (const size of [0, -1, 1.5, Number.NaN, undefined as never, "5" as never]) {
        for (const read of [
          () => db.from(members).page(1, { size }),
          () => db.from(members).keyset([], { size }),
        ])
          expect(await failureOf(read)).toMatchObject({ code: "E_INVALID_VALUE" });
      }
    });

    test("count what the query gives: of joins, groups, distinct rows, limits and several queries", async ({
      db,
    }) => {
      await fill(db);
      const joined = db
        .select({ id: members.id, team: teams })
        .from(members)
        .leftJoin(teams, eq(teams.id, members.teamId));
      const first = await joined.page(1, { size: 4 });
      expect([first.total, first.pages]).toEqual([11, 3]);
      expect(first.items[3]).toEqual({ id: 3, team: null });

      const whole = db.from(teams).rightJoin(members, eq(teams.id, members.teamId));
      expect((await whole.page(1, { size: 4 })).items[0]).toEqual({ id: null, name: null });

      const groups = db.select({ name: members.name, n: count() }).from(members);
      const named = await groups.groupBy(members.name).page(2, { size: 3 });
      expect([named.total, named.items.length]).toEqual([4, 1]);
      const many = groups.groupBy(members.name).having(gt(count(), 3));
      expect(await many.page(1, { size: 5 })).toMatchObject({
        items: [{ name: "bob", n: 4 }],
        total: 1,
      });
      expect((await groups.groupBy(members.name).page(9, { size: 3 })).total).toBe(4);

      const names = db.select({ name: members.name }).from(members);
      const distinct = await names.distinct().orderBy(desc(members.name)).page(2, { size: 3 });
      expect([distinct.total, distinct.items]).toEqual([4, [{ name: "Ann" }]]);

      const limited = db.from(members).orderBy(members.id).limit(5).offset(2);
      const second = await limited.page(2, { size: 3 });
      expect([second.total, second.pages, second.items.map(({ id }) => id)]).toEqual([
        5,
        2,
        [5, 6],
      ]);
      expect(await limited.page(3, { size: 3 })).toMatchObject({ items: [], total: 5 });

      const union = names.union(db.select({ name: teams.name }).from(teams));
      const united = await union.page(3, { size: 3 });
      expect([united.total, united.items.length]).toEqual([7, 1]);

      const best = db.with("best", names.where(gt(members.score, 1)));
      expect((await db.from(best).page(1, { size: 2 })).total).toBe(4);
    });

    test("give each row once, also where the order leaves open which comes first", async ({
      db,
    }) => {
      await fill(db);
      const seen: number[] = [];
      for await (const { items } of db.from(members).orderBy(members.name).page(1, { size: 2 }))
        seen.push(...items.map(({ id }) => id));
      expect(seen).toEqual([2, 7, 0, 5, 10, 1, 4, 6, 9, 3, 8]);
      const none: unknown[] = [];
      for await (const page of db.from(teams).where(gt(teams.id, 9)).page(1, { size: 2 }))
        none.push(page);
      for await (const page of db.from(teams).where(gt(teams.id, 9)).keyset([], { size: 2 }))
        none.push(page);
      expect(none).toEqual([]);
    });

    test("go by what isn't selected, and by what other tables hold", async ({ db }) => {
      await fill(db);
      const rows = db
        .select({ n: members.id })
        .from(members)
        .leftJoin(teams, eq(teams.id, members.teamId))
        .leftJoin(leads, eq(leads.teamId, teams.id));
      for (const order of [
        [desc(teams.name), asc(members.score)],
        [asc(teams.name).nullsLast(), desc(leads.name)],
        [desc(leads.score).nullsFirst(), desc(teams.id), asc(members.name)],
      ] as const) {
        const [first, ...others] = order;
        const all = await rows.orderBy(first, ...others, members.id, leads.id).list();
        const seen: number[] = [];
        for await (const { items } of rows.keyset([...order, members.id, leads.id], { size: 3 }))
          seen.push(...items.map(({ n }) => n));
        expect(seen).toEqual(all);
        let pairs = 0;
        for await (const { items } of rows.keyset(order, { size: 7 })) pairs += items.length;
        expect(pairs).toBe(all.length);
      }
    });

    test("go by what is computed", async ({ db }) => {
      await fill(db);
      const rows = db.select({ id: members.id, place: lower(members.name) }).from(members);
      for (const term of [
        asc(lower(members.name)),
        desc(negate(members.score)),
        desc(add(members.score, 10)).nullsFirst(),
        asc(sql`${members.id} % 3`.as(integer())),
      ]) {
        const all = (await rows.orderBy(term, members.id)).map(({ id }) => id);
        const seen: number[] = [];
        for await (const { items } of rows.keyset([term, members.id], { size: 2 }))
          seen.push(...items.map(({ id }) => id));
        expect(seen).toEqual(all);
      }
      const untyped = rows.keyset([asc(sql`${members.id}`)], { size: 2 });
      expect(await failureOf(untyped)).toMatchObject({ code: "E_UNSUPPORTED" });
    });

    test("go on in groups, distinct rows, windows, limited rows and several queries", async ({
      db,
    }) => {
      await fill(db);
      const n = count();
      const groups = db
        .select({ name: members.name, n, best: max(members.score) })
        .from(members)
        .groupBy(members.name);
      const place = over(rowNumber(), { orderBy: [desc(members.id)] });
      const names = db.select({ name: members.name }).from(members);
      const union = names.union(db.select({ name: teams.name }).from(teams));
      const reads = [
        [groups.orderBy(desc(n)), groups.orderBy(desc(n), desc(members.name))],
        [
          names.distinct().orderBy(desc(members.name)),
          names.distinct().orderBy(desc(members.name)),
        ],
        [
          db.select({ id: members.id, place }).from(members).orderBy(members.id),
          db.select({ id: members.id, place }).from(members).orderBy(members.id),
        ],
        [
          db.from(members).orderBy(desc(members.id)).limit(5).offset(1),
          db.from(members).orderBy(desc(members.id)).limit(5).offset(1),
        ],
        [union.orderBy(union.columns.name), union.orderBy(union.columns.name)],
        [db.select({ n }).from(members), db.select({ n }).from(members)],
      ] as const;
      for (const [query, whole] of reads) {
        const seen: unknown[] = [];
        const order = query.statement.orderBy.length === 0 ? [asc(n)] : [];
        for await (const { items } of query.keyset(order, { size: 2 })) seen.push(...items);
        expect(seen).toEqual([...(await whole)]);
      }
      const unselected = groups.keyset([asc(max(members.id))], { size: 2 });
      expect(await failureOf(unselected)).toMatchObject({ code: "E_UNKNOWN_COLUMN" });
    });

    test("need something that tells rows apart", async ({ db }) => {
      await db.insert(notes).values([1, 2, 3, 4].map((place) => ({ place, body: null })));
      const read = db.from(notes);
      expect(await failureOf(read.keyset([notes.place], { size: 3 }))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
      const page = await read.keyset([desc(notes.place)], { size: 3, unique: true });
      expect(page.items.map(({ place }) => place)).toEqual([4, 3, 2]);
      const all = read.unionAll(read);
      expect(await failureOf(all.keyset([all.columns.place], { size: 3 }))).toMatchObject({
        code: "E_UNKNOWN_COLUMN",
      });
      const bare = read.keyset([], { size: 3, unique: true });
      expect(await failureOf(bare)).toMatchObject({ code: "E_UNFINISHED" });
    });

    test("are of the rows that a query sees", async ({ db }) => {
      const rows = Array.from({ length: 5 }, (_, id) => ({ id, title: `draft ${id % 2}` }));
      await db.insert(drafts).values(rows);
      await db.delete(drafts).where(eq(drafts.id, 2));
      const read = db.select({ id: drafts.id }).from(drafts);
      expect(await read.page(2, { size: 3 })).toMatchObject({ items: [{ id: 4 }], total: 4 });
      expect(await read.withDeleted(drafts).page(2, { size: 3 })).toMatchObject({
        total: 5,
        pages: 2,
      });
      const order = [desc(drafts.title)];
      const { items, nextCursor } = await read.keyset(order, { size: 3 });
      expect(items.map(({ id }) => id)).toEqual([3, 1, 4]);
      const last = await read.keyset(order, { size: 3, after: nextCursor });
      expect(last.items.map(({ id }) => id)).toEqual([0]);
      const all = read.withDeleted(drafts);
      const first = await all.keyset(order, { size: 4 });
      expect(first.items.map(({ id }) => id)).toEqual([3, 1, 4, 2]);
      const distinct = db.select({ title: drafts.title }).from(drafts).distinct();
      expect(
        (await distinct.onlyDeleted(drafts).keyset([drafts.title], { size: 2 })).items,
      ).toEqual([{ title: "draft 0" }]);
      expect(await failureOf(all.keyset(order, { size: 3, after: nextCursor }))).toMatchObject({
        code: "E_CURSOR",
        reason: "another query",
      });
    });

    test("are read in a transaction, and where rows are locked", async ({ db, can }) => {
      await fill(db);
      await db.transaction(async (tx) => {
        await tx.delete(members).where(gt(members.id, 3));
        expect((await tx.from(members).page(1, { size: 3 })).total).toBe(4);
        const locked = can.rowLocks ? tx.from(members).forUpdate() : tx.from(members);
        const page = await locked.keyset([desc(members.id)], { size: 3 });
        expect(page.items.map(({ id }) => id)).toEqual([3, 2, 1]);
        const next = await locked.keyset([desc(members.id)], { size: 3, after: page.nextCursor });
        expect(next.items.map(({ id }) => id)).toEqual([0]);
        expect((await locked.page(2, { size: 3 })).items.length).toBe(1);
      });
    });
  });
}
