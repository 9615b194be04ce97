import {
  add,
  alias,
  and,
  asc,
  avg,
  caseWhen,
  coalesce,
  contains,
  count,
  desc,
  eq,
  exists,
  filter,
  gt,
  inArray,
  integer,
  isNull,
  lag,
  like,
  lower,
  max,
  min,
  notInArray,
  over,
  rowNumber,
  scalar,
  sql,
  sum,
  timestamp,
  type Database,
  type Executor,
  type RowOf,
  type Transaction,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";
import { likes, logs, posts, users, type PostId, type Role } from "./tables.ts";

declare const db: Database;
type User = RowOf<typeof users>;
type Post = RowOf<typeof posts>;

// Whole rows.
const all = await db.from(users);
expectType<Equal<typeof all, User[]>>();
const found = await db.from(users).find("0190");
expectType<Equal<typeof found, User | undefined>>();
const first = await db.from(users).where(eq(users.name, "ada")).orderBy(desc(users.id)).first();
expectType<Equal<typeof first, User | undefined>>();
const one = await db.from(users).where(eq(users.name, "ada")).one();
expectType<Equal<typeof one, User>>();
const counted = await db.from(users).count();
expectType<Equal<typeof counted, number>>();
const like1 = await db.from(likes).find({ userId: "0190", postId: 1 });
expectType<Equal<typeof like1, RowOf<typeof likes> | undefined>>();

// A selection: columns, nested objects, whole tables, at any depth.
const selected = await db
  .select({ id: users.id, deep: { role: users.role, deeper: { post: posts } } })
  .from(users)
  .innerJoin(posts, eq(posts.authorId, users.id));
expectType<
  Equal<typeof selected, { id: string; deep: { role: Role; deeper: { post: Post } } }[]>
>();

// Each kind of join: what it may leave out may be null.
const both = { user: users.name, post: posts.title, whole: posts };
const on = eq(posts.authorId, users.id);
const inner = await db.select(both).from(users).innerJoin(posts, on);
expectType<Equal<typeof inner, { user: string; post: string; whole: Post }[]>>();
const left = await db.select(both).from(users).leftJoin(posts, on);
expectType<Equal<typeof left, { user: string; post: string | null; whole: Post | null }[]>>();
const right = await db.select(both).from(users).rightJoin(posts, on);
expectType<Equal<typeof right, { user: string | null; post: string; whole: Post }[]>>();
const full = await db.select(both).from(users).fullJoin(posts, on);
expectType<
  Equal<typeof full, { user: string | null; post: string | null; whole: Post | null }[]>
>();
const cross = await db.select(both).from(users).crossJoin(posts);
expectType<Equal<typeof cross, { user: string; post: string; whole: Post }[]>>();

// An outer join keeps what an earlier one did: right and full joins reach back over all tables before them.
const three = { user: users.id, post: posts.id, at: likes.at };
const leftInner = await db
  .select(three)
  .from(users)
  .leftJoin(posts, on)
  .innerJoin(likes, eq(likes.userId, users.id));
expectType<Equal<typeof leftInner, { user: string; post: PostId | null; at: string }[]>>();
const innerRight = await db
  .select(three)
  .from(users)
  .innerJoin(posts, on)
  .rightJoin(likes, eq(likes.userId, users.id));
expectType<Equal<typeof innerRight, { user: string | null; post: PostId | null; at: string }[]>>();
const rightLeft = await db
  .select(three)
  .from(users)
  .rightJoin(posts, on)
  .leftJoin(likes, eq(likes.userId, users.id));
expectType<Equal<typeof rightLeft, { user: string | null; post: PostId; at: string | null }[]>>();

// An alias is a table of its own, so a join of a table with itself tells the two apart.
const parents = alias(posts, "parents");
const tree = await db
  .select({ child: posts.title, parent: parents.title, row: parents })
  .from(posts)
  .leftJoin(parents, eq(parents.id, posts.parentId));
expectType<Equal<typeof tree, { child: string; parent: string | null; row: Post | null }[]>>();

// A table that is all of the selection, and that a join may leave out, gives a row of nulls.
const missing = await db.select(teamless()).from(users).leftJoin(likes, eq(likes.userId, users.id));
expectType<
  Equal<typeof missing, { userId: string | null; postId: number | null; at: string | null }[]>
>();
function teamless() {
  return likes;
}

// A column may stand in for NULL, and is null itself where it may be, or where its table is left out.
const filled = await db
  .select({
    child: coalesce(posts.parentId, posts.id),
    either: coalesce(parents.parentId, posts.parentId),
    other: coalesce(posts.parentId, parents.id),
    three: coalesce(posts.parentId, posts.parentId, posts.id),
    none: coalesce(posts.parentId, posts.parentId, posts.parentId),
  })
  .from(posts)
  .leftJoin(parents, eq(parents.id, posts.parentId));
expectType<
  Equal<
    typeof filled,
    {
      child: PostId;
      either: PostId | null;
      other: PostId | null;
      three: PostId;
      none: PostId | null;
    }[]
  >
>();

// Aggregates and functions.
const figures = await db
  .select({
    rows: count(),
    total: sum(users.credits),
    exact: sum(users.balance),
    big: sum(users.views),
    mean: avg(users.credits),
    oldest: min(users.createdAt),
    newest: max(users.createdAt),
    name: lower(users.name),
    balance: coalesce(users.balance, "0.00"),
    orphan: isNull(users.teamId),
    liked: exists(db.from(likes)),
    same: eq(users.teamId, 1),
  })
  .from(users);
expectType<
  Equal<
    typeof figures,
    {
      rows: number;
      total: number | null;
      exact: string | null;
      big: bigint | null;
      mean: number | null;
      oldest: Date | null;
      newest: Date | null;
      name: string;
      balance: string;
      orphan: boolean;
      liked: boolean;
      same: boolean | null;
    }[]
  >
>();
const lowered = await db
  .select({ title: lower(posts.title) })
  .from(users)
  .leftJoin(posts, on);
expectType<Equal<typeof lowered, { title: string | null }[]>>();

// SQL says its type, or takes it from a column's.
const fragments = await db
  .select({
    said: sql<number>`1`,
    made: sql`2`.as(integer().notNull()),
    nullable: sql`3`.as(timestamp()),
    silent: sql`4`,
  })
  .from(logs);
expectType<
  Equal<typeof fragments, { said: number; made: number; nullable: Date | null; silent: unknown }[]>
>();
const { rows } = await db.execute(sql<{ total: number }>`select 1 as total`);
expectType<Equal<typeof rows, { total: number }[]>>();

// A function over an `Executor` takes a database and a transaction.
async function findByName(executor: Executor, name: string): Promise<User | undefined> {
  return executor.from(users).where(eq(users.name, name)).first();
}
void findByName(db, "ada");
void db.transaction(async (tx) => {
  expectType<Equal<typeof tx, Transaction>>();
  const nested = await tx.transaction(async (inner) => (await findByName(inner, "ada"))?.role);
  expectType<Equal<typeof nested, Role | undefined>>();
});

// Conditions that are refused.
// @ts-expect-error A comparison with NULL is never true; isNull() says it.
eq(users.teamId, null);
// @ts-expect-error There is no value to compare with.
eq(users.name, undefined);
// @ts-expect-error A number is no text.
eq(users.name, 1);
// @ts-expect-error A role has two values.
eq(users.role, "amin");
// @ts-expect-error A number and a text are never equal.
eq(users.credits, users.name);
// @ts-expect-error A bigint is compared with a bigint.
gt(users.views, 1);
// @ts-expect-error No list holds a role that there isn't.
inArray(users.role, ["user", "amin"]);
// @ts-expect-error A list holds no NULL.
inArray(users.teamId, [1, null]);
// @ts-expect-error A pattern is for texts.
like(users.credits, "1%");
// @ts-expect-error A text is looked for in texts.
contains(users.createdAt, "2024");
// @ts-expect-error Texts have no sum that is a date.
sum(users.createdAt);
// @ts-expect-error What stands in for NULL is of the same type.
coalesce(users.balance, 0);
// @ts-expect-error So is the last of several.
coalesce(users.balance, users.balance, 0);
// @ts-expect-error A condition is not a boolean of JavaScript.
and(true);

// What may differ in NULL may be compared, and a brand with a value of its kind through a column.
eq(users.teamId, users.credits);
eq(posts.parentId, posts.id);
and(undefined, eq(users.name, "ada"));

// Queries that are refused.
// @ts-expect-error There is no such column.
void db.select({ name: users.nmae }).from(users);
// @ts-expect-error A selection is made of expressions and tables.
void db.select({ name: users.name, five: 5 }).from(users);
// @ts-expect-error At any depth.
void db.select({ deep: { five: 5 } }).from(users);
// @ts-expect-error A table is not its name.
void db.from("users");
// @ts-expect-error The condition is missing.
void db.from(users).where(undefined);
// @ts-expect-error An order is by an expression.
void db.from(users).orderBy("name");
// @ts-expect-error An order says by what.
void db.from(users).orderBy();
// @ts-expect-error A join says on what.
void db.from(users).leftJoin(posts);
// @ts-expect-error The key is a text.
void db.from(users).find(1);
// @ts-expect-error The key has two columns.
void db.from(likes).find("0190");
// @ts-expect-error And all are needed.
void db.from(likes).find({ userId: "0190" });
// @ts-expect-error A table without a key has no row to find.
void db.from(logs).find("line");
// @ts-expect-error Rows are plain objects; a relation that wasn't loaded is not there.
void first?.posts;
// @ts-expect-error A row may be missing.
void first.name;
// @ts-expect-error Text goes through the tag, so that its values are bound.
void db.execute("select 1");

// @ts-expect-error A select needs its table before it can be awaited.
// oxlint-disable-next-line typescript/await-thenable
await db.select({ id: users.id });

void asc(users.id);

// A query as a table: its columns have the types of its members, nested as they are.
const perUser = db
  .select({ userId: likes.userId, n: count(), last: { at: max(likes.at), post: posts } })
  .from(likes)
  .innerJoin(posts, eq(likes.postId, posts.id))
  .groupBy(likes.userId)
  .as("per_user");
const derived = await db
  .select({ name: users.name, n: perUser.n, at: perUser.last.at, title: perUser.last.post.title })
  .from(users)
  .innerJoin(perUser, eq(perUser.userId, users.id));
expectType<
  Equal<typeof derived, { name: string; n: number; at: string | null; title: string }[]>
>();
const derivedLeft = await db
  .select({ n: perUser.n, title: perUser.last.post.title, whole: perUser })
  .from(users)
  .leftJoin(perUser, eq(perUser.userId, users.id));
expectType<
  Equal<
    typeof derivedLeft,
    {
      n: number | null;
      title: string | null;
      whole: { userId: string; n: number; last: { at: string | null; post: Post } } | null;
    }[]
  >
>();
const wholeDerived = await db.from(db.from(users).limit(3).as("few"));
expectType<Equal<typeof wholeDerived, User[]>>();
const leftColumns = db.select(both).from(users).leftJoin(posts, on).as("left_columns");
const nullable = await db.select({ post: leftColumns.post }).from(leftColumns);
expectType<Equal<typeof nullable, { post: string | null }[]>>();
// @ts-expect-error The query has no such column.
void perUser.m;
// @ts-expect-error Nor one in a nested member.
void perUser.last.ta;
// @ts-expect-error A number is compared with a number.
eq(perUser.n, "1");
// @ts-expect-error A query without a name is no table.
void db.from(db.from(users));
// @ts-expect-error A query has no key to find a row by.
void db.from(perUser).find("0190");

// A query with one column is a value, and a list.
const ids = db.select({ id: posts.authorId }).from(posts);
const values = await db
  .select({ first: scalar(ids), n: scalar(db.select({ n: count() }).from(posts)) })
  .from(users);
expectType<Equal<typeof values, { first: string | null; n: number | null }[]>>();
eq(users.id, scalar(ids));
inArray(users.id, ids);
notInArray(users.id, ids);
inArray(users.teamId, db.select({ id: users.teamId }).from(users));
// @ts-expect-error With a NULL in the list nothing is known to be another.
notInArray(users.teamId, db.select({ id: users.teamId }).from(users));
// @ts-expect-error A text is never in a list of numbers.
inArray(users.name, db.select({ id: posts.id }).from(posts));
// @ts-expect-error Two columns are no value.
scalar(db.select({ id: posts.id, title: posts.title }).from(posts));
// @ts-expect-error Nor a list.
inArray(users.id, db.select({ id: users.id, name: users.name }).from(users));
// @ts-expect-error A number is no text.
eq(users.name, scalar(db.select({ n: count() }).from(posts)));

// Queries put together: members by their keys, with the values of both.
const inAny = db.select({ id: users.id, team: users.teamId }).from(users);
const union = inAny.unionAll(db.select({ team: posts.id, id: posts.authorId }).from(posts));
const united = await union.orderBy(desc(union.columns.team)).limit(5);
expectType<Equal<typeof united, { id: string; team: PostId | number | null }[]>>();
const excepted = await db.from(users).except(db.from(users).where(eq(users.name, "ada")));
expectType<Equal<typeof excepted, { [Key in keyof User]: User[Key] }[]>>();
const unionTable = union.as("both");
const fromUnion = await db.select({ team: unionTable.team }).from(unionTable);
expectType<Equal<typeof fromUnion, { team: PostId | number | null }[]>>();
// @ts-expect-error The whole has no such column.
void union.columns.name;
// @ts-expect-error A member is missing.
void inAny.union(db.select({ id: users.id }).from(users));
// @ts-expect-error A member is spelt otherwise.
void inAny.union(db.select({ id: users.id, taem: users.teamId }).from(users));
// @ts-expect-error A text and a number are not put together.
void inAny.intersect(db.select({ id: users.id, team: users.name }).from(users));

// Queries before others, also recursive ones.
const active = db.with("active", db.select({ id: users.id, n: users.credits }).from(users));
const fromActive = await db
  .select({ n: active.n })
  .from(posts)
  .leftJoin(active, eq(active.id, posts.authorId));
expectType<Equal<typeof fromActive, { n: number | null }[]>>();
const rootPosts = db
  .select({ id: posts.id, depth: sql`0`.as(integer().notNull()) })
  .from(posts)
  .where(isNull(posts.parentId));
const thread = db.withRecursive("thread", rootPosts, (found) =>
  db
    .select({ id: posts.id, depth: add(found.depth, 1) })
    .from(posts)
    .innerJoin(found, eq(posts.parentId, found.id)),
);
const threaded = await db.from(thread);
expectType<Equal<typeof threaded, { id: PostId; depth: number }[]>>();
// @ts-expect-error What is found so far has the members of the first query.
void db.withRecursive("t", rootPosts, (found) => db.select({ id: found.idd }).from(found));
// @ts-expect-error The second query has the members of the first.
void db.withRecursive("t", rootPosts, (found) => db.select({ id: found.id }).from(found));

// Values by case, aggregates of some rows, and functions over windows.
const cases = await db
  .select({
    level: caseWhen(gt(users.credits, 9), "high").when(gt(users.credits, 5), "mid").else("low"),
    open: caseWhen(isNull(users.teamId), users.name),
    joined: caseWhen(isNull(users.teamId), users.name).else(posts.title),
    few: filter(count(), gt(users.credits, 9)),
    some: filter(sum(users.balance), isNull(users.teamId)),
    place: over(rowNumber(), { orderBy: users.name }),
    before: over(lag(users.name), { partitionBy: users.teamId, orderBy: desc(users.id) }),
    running: over(sum(users.credits), {
      orderBy: [users.id, desc(users.name)],
      frame: { rows: ["2 preceding", "current row"] },
    }),
  })
  .from(users)
  .leftJoin(posts, on);
expectType<
  Equal<
    typeof cases,
    {
      level: "high" | "low" | "mid";
      open: string | null;
      joined: string | null;
      few: number;
      some: string | null;
      place: number;
      before: string | null;
      running: number | null;
    }[]
  >
>();
// @ts-expect-error A function over a window needs one.
void db.select({ place: rowNumber() }).from(users);
// @ts-expect-error A frame has two ends.
over(rowNumber(), { frame: { rows: ["current row"] } });
// @ts-expect-error Of these words.
over(rowNumber(), { frame: { rows: ["all preceding", "current row"] } });
// @ts-expect-error The option's name.
over(rowNumber(), { partitonBy: users.id });
// @ts-expect-error A filter is a condition.
filter(count(), true);
// @ts-expect-error As is that of a case.
caseWhen(users.name, "x");

// Locks.
void db.from(users).forUpdate({ skipLocked: true }).forShare({ noWait: true }).distinctOn(users.id);
// @ts-expect-error The option's name.
void db.from(users).forUpdate({ skipLockd: true });
// @ts-expect-error By what?
void db.from(users).distinctOn();

// One column as a list.
const names = await db.select({ name: users.name }).from(users).comment("names").list();
expectType<Equal<typeof names, string[]>>();
const teamIds = await db.select({ team: users.teamId }).from(users).limit(3).list();
expectType<Equal<typeof teamIds, (number | null)[]>>();
// @ts-expect-error Of one.
void db.select({ id: users.id, name: users.name }).from(users).list();
// @ts-expect-error A comment is a text.
void db.from(users).comment(1);

// Where NULLs stand.
void db.from(users).orderBy(asc(users.balance).nullsLast(), desc(users.teamId).nullsFirst());
void over(rowNumber(), { orderBy: desc(users.teamId).nullsFirst() });
// @ts-expect-error -- a column has no direction yet
void users.balance.nullsLast();
