import {
  alias,
  connect,
  createTables,
  date,
  defineSchema,
  eq,
  exists,
  gt,
  inArray,
  integer,
  scope,
  softDelete,
  sql,
  table,
  text,
  uuid,
  varchar,
  view,
  type Database,
} from "plinth";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SelectStatement } from "../../ast/statement.ts";
import { templateOf } from "../../ast/template.ts";
import { createNames } from "../../schema/naming.ts";
import { infoOf } from "../../schema/table.ts";
import { followWrites } from "./followers.ts";
import { keyNamer } from "./row-name.ts";
import { readsOf } from "./tables.ts";
import type { Touched } from "./touched.ts";

const users = table("users", { id: integer().primaryKey(), name: text(), ...softDelete() });
const posts = table(
  "posts",
  {
    id: integer().primaryKey(),
    userId: integer().references(() => users.id, { onDelete: "cascade", onUpdate: "cascade" }),
    parentId: integer().references((): never => posts.id as never, { onDelete: "set null" }),
    title: text(),
  },
  (t) => [scope("known").where(sql`${t.userId} in (select ${groups.id} from ${groups})` as never)],
);
const groups = table("groups", {
  id: integer().primaryKey(),
  code: varchar({ length: 9 }).unique(),
});
const places = table("places", {
  hall: varchar({ length: 9 }).primaryKey(),
  shelf: integer().primaryKey(),
});
const likes = table("likes", {
  id: integer().primaryKey(),
  postId: integer().references(() => posts.id, { onDelete: "cascade" }),
});
const named = view("named").as((q) =>
  q
    .select({ id: users.id, name: users.name })
    .from(users)
    .innerJoin(groups, eq(groups.id, users.id)),
);
const foreign = view("foreign_view", { id: integer() }).existing();
const plain = [users, groups, places, likes] as const;
const schema = defineSchema({ users, posts, groups, places, likes });

let db: Database<typeof schema>;
let told: Touched[] = [];

beforeAll(async () => {
  db = await connect("sqlite::memory:", { schema });
  await createTables(db, schema);
  followWrites(db, {
    needsTransaction: false,
    beforeCommit: async (_, items) => void told.push(...items),
    tell: async (items) => void told.push(...items),
  });
});
beforeEach(() => {
  told = [];
});
afterAll(() => db.close());

describe("what a query reads", () => {
  const reads = (query: { readonly statement: SelectStatement }) =>
    readsOf(templateOf(query.statement) as SelectStatement, createNames());

  test("is one table where nothing else is named", () => {
    for (const one of plain) {
      const { table: name } = infoOf(one);
      expect(reads(db.from(one))).toEqual({
        tables: [name],
        unknown: undefined,
        isOfOneTable: true,
      });
    }
  });

  test("is what stands in joins, conditions, selections, orders and inner queries", () => {
    const inner = db.select({ id: likes.id }).from(likes).where(gt(likes.id, 1));
    const other = alias(groups, "other");
    const cases = [
      [db.from(users).leftJoin(groups, eq(groups.id, users.id)), ["groups", "users"]],
      [db.from(users).where(exists(inner)), ["likes", "users"]],
      [db.from(users).where(inArray(users.id, inner)), ["likes", "users"]],
      [
        db.select({ n: sql<number>`(select max(${other.id}) from ${other})` }).from(users),
        ["groups", "users"],
      ],
      [db.from(users).orderBy(sql`(select count(*) from ${places})`), ["places", "users"]],
      [db.from(inner.as("inside")), ["likes"]],
      [db.from(db.with("first", inner)), ["likes"]],
      [inner.union(db.select({ id: groups.id }).from(groups)), ["groups", "likes"]],
      // Its scope reads another table.
      [db.from(posts), ["groups", "posts"]],
      [db.from(named), ["groups", "users"]],
    ] as const;
    for (const [query, tables] of cases) {
      const { isOfOneTable, tables: found, unknown } = reads(query as never);
      expect({ found, unknown }).toEqual({ found: tables, unknown: undefined });
      expect(isOfOneTable && found.length > 1).toBe(false);
    }
  });

  test("isn't known of a view that Plinth doesn't make", () => {
    expect(reads(db.from(foreign)).unknown).toBe("foreign_view");
  });
});

describe("what a write touches", () => {
  const any = (...tables: string[]): Touched[] =>
    tables.map((of) => ({ table: of, rows: undefined }));

  test("is the rows whose keys it names, as values", async () => {
    await db.update(users).set({ name: "x" }).where(eq(users.id, 7));
    await db
      .update(users)
      .set({ name: "x" })
      .where(inArray(users.id, [1, 2]));
    await db.insert(groups).values({ id: 3 }).onConflict(groups.id).update(["code"]);
    await db.insert(groups).values({ id: 4 });
    expect(told).toEqual([
      { table: "users", rows: ['["7"]'] },
      { table: "users", rows: ['["1"]', '["2"]'] },
      { table: "groups", rows: ['["3"]'] },
      { table: "groups", rows: [] },
    ]);
  });

  test("is any row for whatever else it says", async () => {
    await db.update(users).set({ name: "x" }).where(gt(users.id, 7));
    await db
      .update(users)
      .set({ name: "x" })
      .where(
        inArray(
          users.id,
          Array.from({ length: 65 }, (_, id) => id),
        ),
      );
    await db
      .update(users)
      .set({ name: "x" })
      .where(eq(users.id, sql<number>`1 + 1`));
    await db.update(places).set({ shelf: 2 }).where(eq(places.hall, "a"));
    await db.insert(groups).values({ id: 5, code: "a" }).onConflict(groups.code).update(["code"]);
    expect(told).toEqual(any("users", "users", "users", "places", "groups"));
  });

  test("is what foreign keys change with it", async () => {
    await db.delete(users).hard().where(eq(users.id, 1));
    const [own, ...others] = told;
    expect(own).toEqual({ table: "users", rows: ['["1"]'] });
    expect(others.map((one) => one.table).toSorted()).toEqual(["likes", "posts"]);
    told = [];
    await db.delete(posts).without("known").where(eq(posts.id, 1));
    // Other posts lose their parent.
    expect(told.toSorted((a, b) => (a.table < b.table ? -1 : 1))).toEqual(any("likes", "posts"));
    told = [];
    await db.update(users).set({ id: 9 }).where(eq(users.id, 8));
    await db.update(users).set({ name: "y" }).where(eq(users.id, 8));
    expect(told).toEqual([
      { table: "users", rows: ['["8"]'] },
      ...any("posts"),
      { table: "users", rows: ['["8"]'] },
    ]);
  });
});

test("rows are told by keys whose equal values have one spelling", () => {
  const keyed = (id: never) => keyNamer(infoOf(table("t", { id } as never) as never));
  expect(keyed(uuid().primaryKey() as never)?.(["ABCDEF00-0000-7000-8000-000000000000"])).toBe(
    '["abcdef00-0000-7000-8000-000000000000"]',
  );
  expect(keyed(integer().primaryKey() as never)?.([1])).toBe(
    keyed(integer().primaryKey() as never)?.([1n]),
  );
  expect(keyed(date().primaryKey() as never)).toBe(undefined);
  expect(keyed(text() as never)).toBe(undefined);
});
