/** What later parts bring, as `sketch/` names it: inference is proven before engines stand behind it. */
import {
  alias,
  asc,
  desc,
  eq,
  sql,
  type KeyOf,
  type NewRowOf,
  type RowOf,
  type WriteSummary,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { connect, type Executor, type KeysetPage, type Page } from "./sketch/client.ts";
import {
  createCache,
  createDatabaseQueue,
  createFileStore,
  createLimiter,
  createOneTime,
  createPubSub,
  createQueue,
  createRowCache,
  createSessions,
  openStore,
} from "./sketch/services.ts";
import { type comments, posts, postTags, schema, tags, users } from "./sketch/tables.ts";

const db = await connect("sqlite:app.db", { schema });

interface User {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  name: string;
  disabledAt: Date | null;
  disabledBy: string | null;
}
interface Post {
  id: string;
  createdAt: Date;
  updatedAt: Date;
  authorId: string;
  editorId: string | null;
  title: string;
  deletedAt: Date | null;
}
interface Comment {
  id: number;
  postId: string;
  parentId: number | null;
  text: string;
  writtenAt: Date;
}
type Shape<Row> = { [Key in keyof Row]: Row[Key] };

// Columns that Plinth keeps are columns like any other.
expectType<Equal<RowOf<typeof users>, Shape<User>>>();
expectType<Equal<RowOf<typeof posts>, Shape<Post>>>();
expectType<Equal<RowOf<typeof comments>, Shape<Comment>>>();
expectType<
  Equal<
    NewRowOf<typeof users>,
    {
      id?: string;
      createdAt?: Date;
      updatedAt?: Date;
      name: string;
      disabledAt?: Date | null;
      disabledBy?: string | null;
    }
  >
>();
expectType<Equal<KeyOf<typeof postTags>, { postId: string; tagId: number }>>();

// Pages, streams and plans.
const sheet = await db.from(users).orderBy(asc(users.name)).page(3, { size: 20 });
expectType<Equal<typeof sheet, Page<Shape<User>>>>();
const walk = await db
  .from(users)
  .with({ profile: true })
  .keyset([desc(users.createdAt), asc(users.id)], { after: null, size: 20 });
expectType<
  Equal<(typeof walk)["items"][number]["profile"], { userId: string; bio: string | null } | null>
>();
expectType<Equal<(typeof walk)["nextCursor"], string | null>>();
void (async (): Promise<KeysetPage<RowOf<typeof tags>>> =>
  db.from(tags).keyset([tags.id], { size: 5 }));
for await (const row of db.from(posts).stream({ batch: 500 })) {
  expectType<Equal<typeof row, Shape<Post>>>();
}
expectType<Equal<Awaited<ReturnType<typeof explained>>, string>>();
async function explained() {
  return (await db.from(users).explain({ analyze: true })).text;
}
// @ts-expect-error A page has a size.
void db.from(users).page(1);
// @ts-expect-error An order is needed to go on from a row.
void db.from(users).keyset([], { size: 20 });

// Joins keep the types of the real surface.
const others = alias(users, "others");
const joined = await db
  .select({ name: users.name, other: others })
  .from(users)
  .leftJoin(others, eq(others.id, users.disabledBy));
expectType<Equal<typeof joined, { name: string; other: Shape<User> | null }[]>>();

// Soft delete.
const hidden = await db.from(users).onlyDeleted();
expectType<Equal<typeof hidden, Shape<User>[]>>();
const everyone = await db.from(users).with({ posts: true }).withDeleted();
expectType<Equal<(typeof everyone)[number]["posts"], Shape<Post>[]>>();
const restored = await db.restore(users).where(eq(users.id, "0190"));
expectType<Equal<typeof restored, WriteSummary>>();
const gone = await db.delete(users).hard().where(eq(users.id, "0190"));
expectType<Equal<typeof gone, WriteSummary>>();
void db.delete(tags).where(eq(tags.id, 1));
// @ts-expect-error Nothing of it is ever hidden.
void db.from(tags).withDeleted();
// @ts-expect-error A soft delete that hides nothing has nothing to show.
void db.from(posts).onlyDeleted();
// @ts-expect-error Nor to restore.
void db.restore(posts).all();
// @ts-expect-error A delete of it is hard anyway.
void db.delete(tags).hard();
// @ts-expect-error Which rows?
await db.delete(users); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error Which rows?
await db.delete(users).hard(); // oxlint-disable-line typescript/await-thenable
// @ts-expect-error Which rows?
await db.restore(users); // oxlint-disable-line typescript/await-thenable

// Different values for each row.
const many = await db.updateMany(
  tags,
  [
    { id: 1, name: "a" },
    { id: 2, name: sql<string>`upper(${tags.name})` },
  ],
  { key: "id" },
);
expectType<Equal<typeof many, WriteSummary>>();
void db.updateMany(postTags, [{ postId: "0190", tagId: 1 }], { key: ["postId", "tagId"] });
// @ts-expect-error The key is missing.
void db.updateMany(tags, [{ name: "a" }], { key: "id" });
// @ts-expect-error There is no such column.
void db.updateMany(tags, [{ id: 1, nmae: "a" }], { key: "id" });
// @ts-expect-error The key is a column.
void db.updateMany(tags, [{ id: 1 }], { key: "ident" });

// A function over an `Executor` takes a database and a transaction, of this schema or of any.
async function countUsers(executor: Executor): Promise<number> {
  return executor.from(users).count();
}
async function findWithPosts(executor: Executor<typeof schema>, id: string) {
  return executor.from(users).with({ posts: true }).find(id);
}
void countUsers(db);
void findWithPosts(db, "0190");
const result = await db.transaction(
  async (tx) => {
    tx.afterCommit(() => {});
    void countUsers(tx);
    const found = await findWithPosts(tx, "0190");
    return tx.transaction(async () => found?.posts.length ?? 0);
  },
  { isolation: "serializable", retries: 5 },
);
expectType<Equal<typeof result, number>>();

// Services.
const store = await openStore("memory:");
const settings = createCache<{ dark: boolean }>(store, { namespace: "settings", ttlMs: 60_000 });
const setting = await settings.getOrLoad("a", async () => ({ dark: true }));
expectType<Equal<typeof setting, { dark: boolean }>>();
const anything = createCache(store, { namespace: "app", ttlMs: 60_000 });
const loaded = await anything.getOrLoad("n", async () => 1);
expectType<Equal<typeof loaded, number>>();
const read = await anything.get("n");
expectType<Equal<typeof read, unknown>>();
const row = await createRowCache(db, anything).find(users, "0190");
expectType<Equal<typeof row, Shape<User> | undefined>>();
const limiter = createLimiter(store, {
  category: "login",
  max: 5,
  windowMs: 60_000,
  blockMs: 900_000,
});
const { isAllowed, retryAfterMs } = await limiter.take("203.0.113.7");
expectType<Equal<typeof isAllowed, boolean>>();
expectType<Equal<typeof retryAfterMs, number>>();
const state = createOneTime<{ returnTo: string }>(store, {
  namespace: "oidc:state",
  ttlMs: 600_000,
});
const consumed = await state.consume(await state.issue({ returnTo: "/" }));
expectType<Equal<typeof consumed, { returnTo: string } | undefined>>();
const sessions = createSessions<{ device: string }>(store);
const { token } = await sessions.create("0190", { device: "phone" });
expectType<Equal<Awaited<ReturnType<typeof device>>, string | undefined>>();
async function device() {
  return (await sessions.touch(token))?.data.device;
}
const events = createPubSub<{
  global: { text: string };
  [channel: `channel:${string}`]: { id: number };
}>(store);
await events.publish("channel:1", { id: 1 });
await events.subscribe("global", (message) => {
  expectType<Equal<typeof message, { text: string }>>();
});
interface Jobs {
  mail: { to: string };
  sweep: { olderThanDays: number };
}
const queue = createQueue<Jobs>(store);
await queue.add("mail", { to: "ada@example.org" }, { delayMs: 1_000 });
queue.work("sweep", async ({ olderThanDays }) => {
  expectType<Equal<typeof olderThanDays, number>>();
});
const jobs = createDatabaseQueue<Jobs>(db);
void db.transaction(async (tx) => jobs.within(tx).add("sweep", { olderThanDays: 30 }));
const files = createFileStore(db, { root: "files", quotaBytes: 1_000_000 });
const file = await files.put(new Uint8Array(3), { name: "a.txt" });
expectType<Equal<(typeof file)["byteCount"], number>>();
// @ts-expect-error The key is a text.
void createRowCache(db, anything).find(users, 1);
// @ts-expect-error There is no such channel.
void events.publish("chanel:1", { id: 1 });
// @ts-expect-error There is no such job.
void queue.add("male", { to: "ada@example.org" });
// @ts-expect-error What the job is given.
void queue.add("mail", { olderThanDays: 30 });
