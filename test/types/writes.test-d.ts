import {
  eq,
  inserted,
  sql,
  type Database,
  type Expression,
  type NewRowOf,
  type RowOf,
  type UpdateManySummary,
  type UpdateSet,
  type WriteSummary,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, posts, users } from "./tables.ts";

declare const db: Database;
type Post = RowOf<typeof posts>;
const post = { authorId: "0190", title: "On types" };
const isFirst = eq(posts.title, "first");

// A write tells how many rows it met, or gives them back.
const summary = await db.insert(posts).values(post);
expectType<Equal<typeof summary, WriteSummary>>();
const insertedPosts = await db.insert(posts).values([post, post]).returning();
expectType<Equal<typeof insertedPosts, Post[]>>();
const titles = await db
  .insert(posts)
  .values(post)
  .returning({ deep: { title: posts.title } });
expectType<Equal<typeof titles, { deep: { title: string } }[]>>();
const updated = await db.update(posts).set({ title: "x" }).where(isFirst);
expectType<Equal<typeof updated, WriteSummary>>();
const updatedRows = await db.update(posts).set({ title: "x" }).where(isFirst).returning();
expectType<Equal<typeof updatedRows, Post[]>>();
const deletedRows = await db.delete(posts).all().returning({ id: posts.id });
expectType<Equal<typeof deletedRows, { id: Post["id"] }[]>>();
const upserted = await db
  .insert(posts)
  .values(post)
  .onConflict(posts.id)
  .update(["title"])
  .returning();
expectType<Equal<typeof upserted, Post[]>>();

// What a row type allows, the write takes; so does a list that is read-only, and SQL in the place of a value.
const given: NewRowOf<typeof users> = { name: "ada", views: 1n };
void db.insert(users).values(given);
void db.insert(posts).values([post] as const);
void db.insert(users).values({ ...given, credits: sql<number>`1 + 1` });
void db
  .update(users)
  .set({ credits: sql<number>`${users.credits} - 1`, settings: { dark: true } })
  .all();
void db.update(users).set({ teamId: null }).all();
void db.update(users).set({ teamId: users.credits }).all();
void db
  .insert(likes)
  .values({ userId: "0190", postId: 1, at: "2024-01-01T00:00:00Z" })
  .onConflict(likes.userId, likes.postId)
  .ignore();

// What an update sets: any of the columns, by a value or an expression.
expectType<
  Equal<
    UpdateSet<typeof likes>,
    {
      userId?: string | Expression<string, string>;
      postId?: number | Expression<number, string>;
      at?: string | Expression<string, string>;
    }
  >
>();

// Rows that are refused.
// @ts-expect-error "title" is missing.
void db.insert(posts).values({ authorId: "0190" });
// @ts-expect-error In a list too.
void db.insert(posts).values([post, { authorId: "0190" }]);
// @ts-expect-error There is no such column.
void db.insert(posts).values({ ...post, boddy: "x" });
// @ts-expect-error A title is a text.
void db.insert(posts).values({ ...post, title: 1 });
// @ts-expect-error A title is not NULL.
void db.insert(posts).values({ ...post, title: null });
// @ts-expect-error A value that is undefined is neither NULL nor left out.
void db.insert(posts).values({ ...post, body: undefined });
// @ts-expect-error An expression has the column's type.
void db.insert(posts).values({ ...post, title: sql<number>`1` });
// @ts-expect-error A column of another type is no value for it.
void db.update(posts).set({ title: users.credits });

// Updates that are refused.
// @ts-expect-error There is no such column.
void db.update(posts).set({ tilte: "x" });
// @ts-expect-error A title is a text.
void db.update(posts).set({ title: 1 });
// @ts-expect-error A title is not NULL.
void db.update(posts).set({ title: null });
// @ts-expect-error A value that is undefined is neither NULL nor left out.
void db.update(posts).set({ body: undefined });
// @ts-expect-error A condition that may be missing would mean every row.
void db.update(posts).set({ title: "x" }).where(undefined);
// @ts-expect-error A role has two values.
void db.update(users).set({ role: "amin" });

// Conflicts that are refused.
// @ts-expect-error The column of another table is no key of this one.
void db.insert(posts).values(post).onConflict(users.id).ignore();
// @ts-expect-error There is no such column to update.
void db.insert(posts).values(post).onConflict(posts.id).update(["tilte"]);
// @ts-expect-error An update says of what.
void db.insert(posts).values(post).onConflict(posts.id).update([]);

// What is not finished can't be awaited, nor returned from an async function, which awaits it.
// @ts-expect-error Which rows?
await db.delete(posts); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error What is set?
await db.update(posts); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error Which rows?
await db.update(posts).set({ title: "x" }); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error Which values?
await db.insert(posts); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error And then?
await db.insert(posts).values(post).onConflict(posts.id); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error It would be awaited there.
const forgetful = async () => db.delete(posts);
void forgetful;
// @ts-expect-error A promise is not what it is.
const promise: PromiseLike<unknown> = db.delete(posts);
void promise;

// The rows of a query, whose members are columns.
const copied = await db
  .insert(posts)
  .select(db.select({ authorId: users.id, title: users.name }).from(users))
  .returning({ title: posts.title });
expectType<Equal<typeof copied, { title: string }[]>>();
// @ts-expect-error A column is missing.
void db.insert(posts).select(db.select({ authorId: users.id }).from(users));
const withMore = db.select({ authorId: users.id, title: users.name, n: users.id }).from(users);
// @ts-expect-error There is no such column.
void db.insert(posts).select(withMore);
// @ts-expect-error A text is no number.
void db.insert(posts).select(db.select({ authorId: users.id, title: users.credits }).from(users));
// @ts-expect-error What may be NULL doesn't fit a column that may not.
void db.insert(posts).select(db.select({ authorId: users.id, title: users.teamId }).from(users));

// Many rows: the key is required and not null, and what is set may be left out.
const many = await db.updateMany(users, [
  { id: "0190", credits: 1 },
  { id: "0191", teamId: null },
]);
expectType<Equal<typeof many, UpdateManySummary>>();
void db.updateMany(users, [{ name: "ada", credits: 1 }], { key: "name" });
void db.updateMany(likes, [{ userId: "0190", postId: 1, at: "2024-01-01T00:00:00Z" }]);
void db.updateMany(users, [{ teamId: 1, name: "ada", id: "0190" }], { key: ["teamId", "name"] });
// @ts-expect-error The key is missing.
void db.updateMany(users, [{ credits: 1 }]);
// @ts-expect-error One of the keys is missing.
void db.updateMany(likes, [{ userId: "0190", at: "2024-01-01T00:00:00Z" }]);
// @ts-expect-error A key is never null.
void db.updateMany(users, [{ teamId: null, credits: 1 }], { key: "teamId" });
// @ts-expect-error There is no such column.
void db.updateMany(users, [{ id: "0190", creditz: 1 }]);
// @ts-expect-error There is no such column to be the key.
void db.updateMany(users, [{ id: "0190", credits: 1 }], { key: "uid" });
// @ts-expect-error Values only, as they are sent as a list.
void db.updateMany(users, [{ id: "0190", credits: sql<number>`1` }]);

// Joins of writes.
void db
  .update(posts)
  .set({ title: users.name })
  .innerJoin(users, eq(users.id, posts.authorId))
  .all();
// @ts-expect-error A column that may be NULL is nothing for one that may not.
void db.update(posts).set({ title: users.balance }).innerJoin(users, eq(users.id, posts.authorId));
// @ts-expect-error A join has a condition.
void db.delete(posts).innerJoin(users);

// The only row.
const only = await db.insert(posts).values(post).returning().one();
expectType<Equal<typeof only, Post>>();
const onlyTitle = await db
  .update(posts)
  .set({ title: "x" })
  .all()
  .returning({ title: posts.title })
  .one();
expectType<Equal<typeof onlyTitle, { title: string }>>();

// Rows that come one after the other, of whatever makes them.
declare const feed: AsyncIterable<NewRowOf<typeof posts>>;
const fed = await db.insert(posts).stream(feed);
expectType<Equal<typeof fed, WriteSummary>>();
void db
  .insert(posts)
  .stream(new Set([post]))
  .onConflict(posts.id)
  .update(["title"]);
// @ts-expect-error The title is missing.
void db.insert(posts).stream([{ authorId: "0190" }]);
// @ts-expect-error They are too many to be given back.
void db.insert(posts).stream(feed).returning();

// What an insert does to a row that exists.
const conflict = db.insert(users).values(given).onConflict(users.name);
void conflict.update({
  credits: inserted(users.credits),
  teamId: inserted(users.teamId),
  role: "admin",
});
void conflict.update(["credits"], { where: eq(users.credits, inserted(users.credits)) });
// @ts-expect-error A column that may be NULL is nothing for one that may not.
void conflict.update({ credits: inserted(users.teamId) });
// @ts-expect-error There is no such column.
void conflict.update({ creditz: 1 });
// @ts-expect-error Only a column has a new value.
void conflict.update({ credits: inserted(sql<number>`1`) });
