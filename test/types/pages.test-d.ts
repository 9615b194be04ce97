import {
  asc,
  count,
  desc,
  eq,
  type Database,
  type KeysetPage,
  type Page,
  type RowOf,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { posts, users } from "./tables.ts";

declare const db: Database;
type User = RowOf<typeof users>;

const page = await db.from(users).page(1, { size: 20 });
expectType<Equal<typeof page, Page<User>>>();

const cursor: string | null = null;
const keyset = await db
  .from(users)
  .keyset([desc(users.name), users.id], { size: 20, after: cursor });
expectType<Equal<typeof keyset, KeysetPage<User>>>();
expectType<Equal<typeof keyset.nextCursor, string | null>>();

// Rows keep their type, whatever they are ordered by.
const joined = db
  .select({ id: posts.id, author: users.name, n: count() })
  .from(posts)
  .leftJoin(users, eq(users.id, posts.authorId))
  .groupBy(posts.id, users.name);
for await (const { items } of joined.keyset([asc(posts.id)], { size: 5, before: "x" })) {
  expectType<Equal<(typeof items)[number]["author"], string | null>>();
  expectType<Equal<(typeof items)[number]["n"], number>>();
}
for await (const { items, total } of joined.page(2, { size: 5 })) {
  expectType<Equal<typeof total, number>>();
  expectType<Equal<(typeof items)[number]["id"], RowOf<typeof posts>["id"]>>();
}

// @ts-expect-error a page has a size
void db.from(users).page(1);
// @ts-expect-error a page has a number
void db.from(users).page({ size: 20 });
// @ts-expect-error a size is a number
void db.from(users).page(1, { size: "20" });
// @ts-expect-error an order is a list
void db.from(users).keyset(users.id, { size: 20 });
// @ts-expect-error a name is no column
void db.from(users).keyset(["name"], { size: 20 });
// @ts-expect-error a page has a size
void db.from(users).keyset([users.id], { after: cursor });
// @ts-expect-error a cursor is a text
void db.from(users).keyset([users.id], { size: 20, after: 7 });
// @ts-expect-error `limit` is no option
void db.from(users).keyset([users.id], { size: 20, limit: 7 });
