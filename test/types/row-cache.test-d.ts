// The types of row caches: those of the queries that they keep.
import {
  count,
  defineSchema,
  eq,
  integer,
  table,
  text,
  type Database,
  type Transaction,
} from "plinth";
import { createRowCache, type RowCache } from "plinth/outbox";
import type { Cache } from "plinth/services";
import { expectType, type Equal } from "./equal.ts";

const users = table("users", { id: integer().primaryKey(), name: text().notNull() });
const likes = table("likes", {
  userId: integer()
    .primaryKey()
    .references(() => users.id),
  postId: integer().primaryKey(),
});
const schema = defineSchema({ users, likes }, (r) => ({ users: { likes: r.many(likes) } }));

declare const db: Database<typeof schema>;
declare const tx: Transaction<typeof schema>;
declare const cache: Cache;

const rows = createRowCache(db, cache, { durable: false });
expectType<Equal<typeof rows, RowCache<typeof schema>>>();

const user = await rows.find(users, 1);
expectType<Equal<NonNullable<typeof user>["name"], string>>();
// @ts-expect-error There may be none.
user.name.trim();
// @ts-expect-error The key is a number.
await rows.find(users, "1");
const like = await rows.find(likes, { userId: 1, postId: 2 });
expectType<Equal<NonNullable<typeof like>["postId"], number>>();
// @ts-expect-error A key of two columns has both.
await rows.find(likes, { userId: 1 });
const [first] = await rows.findMany(users, [1, 2]);
expectType<Equal<NonNullable<typeof first>["id"], number>>();

const counted = db.select({ name: users.name, n: count() }).from(users).groupBy(users.name);
const kept = rows.cached(counted, { ttlMs: 1_000, tags: ["a"] });
expectType<Equal<typeof kept, typeof counted>>();
const tree = await rows.cached(db.from(users).with({ likes: true })).first();
expectType<Equal<NonNullable<typeof tree>["likes"][number]["postId"], number>>();
const total: number = await rows.cached(db.from(users).where(eq(users.id, 1))).count();
// @ts-expect-error A promise is what was asked already.
rows.cached(db.from(users).first());
// @ts-expect-error A write is kept nowhere.
rows.cached(db.update(users).set({ name: "a" }).all());

const own: RowCache<typeof schema> = rows.on(tx);
await own.invalidate(users);
await own.invalidate(likes, { userId: 1, postId: 2 });
// @ts-expect-error The key is a number.
await own.invalidate(users, "1");
void total;
