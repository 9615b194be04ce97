/** What belongs to what, and rows with what was loaded with them. */
import {
  alias,
  and,
  countOf,
  defineSchema,
  desc,
  eq,
  every,
  integer,
  max,
  none,
  related,
  some,
  sql,
  table,
  text,
  track,
  uuid,
  type AnyTable,
  type Database,
  type Executor,
  type Json,
  type RowOf,
  type With,
} from "plinth";
import { expectType, type Equal } from "./equal.ts";

const users = table("users", {
  id: uuid().primaryKey(),
  name: text().notNull(),
  managerId: uuid().references(() => users.id),
});
const profiles = table("profiles", {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  bio: text(),
});
const posts = table("posts", {
  id: integer().primaryKey(),
  authorId: uuid()
    .notNull()
    .references(() => users.id),
  editorId: uuid().references(() => users.id),
  title: text().notNull(),
});
const comments = table("post_comments", {
  id: integer().primaryKey(),
  postId: integer()
    .notNull()
    .references(() => posts.id),
  parentId: integer().references(() => comments.id),
  text: text().notNull(),
});
const tags = table("tags", { id: integer().primaryKey(), name: text().notNull() });
const postTags = table("post_tags", {
  postId: integer()
    .primaryKey()
    .references(() => posts.id),
  tagId: integer()
    .primaryKey()
    .references(() => tags.id),
});
const nodes = table("nodes", {
  id: integer().primaryKey(),
  rootId: integer()
    .notNull()
    .references(() => nodes.id),
});

const schema = defineSchema({ users, profiles, posts, comments, tags, postTags, nodes }, (r) => ({
  users: {
    posts: r.many(posts, { on: posts.authorId }),
    profile: r.one(profiles, { on: profiles.userId }),
    manager: r.one(users, { on: users.managerId }),
    reports: r.many(users, { on: users.managerId }),
  },
  profiles: { user: r.one(users) },
  posts: {
    author: r.one(users, { on: posts.authorId }),
    editor: r.one(users, { on: posts.editorId }),
    comments: r.many(comments),
    tags: r.many(tags, { through: postTags }),
  },
  comments: {
    post: r.one(posts),
    parent: r.one(comments, { on: comments.parentId }),
    replies: r.many(comments, { on: comments.parentId }),
    author: r.one(users, { through: { table: posts, to: posts.authorId } }),
    shown: r.one(posts, { where: eq(posts.title, "x") }),
    same: r.one(posts, { from: comments.postId, to: posts.id }),
  },
  nodes: { root: r.one(nodes, { on: nodes.rootId }) },
}));
declare const db: Database<typeof schema>;

type Shape<Row> = { [Key in keyof Row]: Row[Key] };
type User = RowOf<typeof users>;
type Post = RowOf<typeof posts>;
type Comment = RowOf<typeof comments>;

// `with`, one level deep, gives flat rows.
const authors = await db.from(users).with({ posts: true }).limit(5);
expectType<Equal<(typeof authors)[number], Shape<User & { posts: Post[] }>>>();
const author = await db
  .from(users)
  .with({ posts: { limit: 3 } })
  .find("0190");
expectType<Equal<NonNullable<typeof author>["posts"], Post[]>>();
const more = await db.from(users).with({ posts: true }).with({ profile: true }).first();
expectType<
  Equal<
    NonNullable<typeof more>,
    Shape<User & { posts: Post[]; profile: RowOf<typeof profiles> | null }>
  >
>();

// To any depth, through a table between two, and in circles.
const [deep] = await db
  .from(users)
  .where(eq(users.name, "x"))
  .with({
    posts: {
      where: eq(posts.title, "x"),
      orderBy: desc(posts.id),
      with: {
        tags: true,
        comments: {
          with: { replies: { with: { post: { with: { author: { with: { profile: true } } } } } } },
        },
      },
    },
  });
type DeepPost = NonNullable<typeof deep>["posts"][number];
expectType<Equal<DeepPost["tags"], { id: number; name: string }[]>>();
type DeepReply = DeepPost["comments"][number]["replies"][number];
expectType<Equal<keyof DeepReply, "post" | keyof Comment>>();
expectType<
  Equal<DeepReply["post"]["author"]["profile"], { userId: string; bio: string | null } | null>
>();

// A relation to one row is null where the row may be missing: by its key, by the side on which that stands, or by a condition.
const [post] = await db.from(posts).with({ author: true, editor: true });
expectType<Equal<NonNullable<typeof post>["author"], User>>();
expectType<Equal<NonNullable<typeof post>["editor"], User | null>>();
const [comment] = await db
  .from(comments)
  .with({ post: true, parent: true, author: true, shown: true, same: true });
expectType<Equal<NonNullable<typeof comment>["post"], Post>>();
expectType<Equal<NonNullable<typeof comment>["parent"], Comment | null>>();
expectType<Equal<NonNullable<typeof comment>["author"], User | null>>();
expectType<Equal<NonNullable<typeof comment>["shown"], Post | null>>();
expectType<Equal<NonNullable<typeof comment>["same"], Post | null>>();
const [person] = await db.from(users).with({ manager: true, profile: { select: ["bio"] } });
expectType<Equal<NonNullable<typeof person>["manager"], User | null>>();
expectType<Equal<NonNullable<typeof person>["profile"], { bio: string | null } | null>>();
const [node] = await db.from(nodes).with({ root: true });
expectType<Equal<NonNullable<typeof node>["root"], RowOf<typeof nodes>>>();
const [narrowed] = await db.from(comments).with({ post: { where: eq(posts.title, "x") } });
expectType<Equal<NonNullable<typeof narrowed>["post"], Post | null>>();

// A relation's columns can be chosen, and so can expressions.
const [chosen] = await db
  .from(users)
  .with({ posts: { select: ["id", "title"], with: { tags: true } } });
expectType<
  Equal<
    NonNullable<typeof chosen>["posts"],
    { id: number; title: string; tags: { id: number; name: string }[] }[]
  >
>();
const [computed] = await db.from(users).with({
  posts: { select: { id: posts.id, length: sql<number>`length(${posts.title})` } },
});
expectType<Equal<NonNullable<typeof computed>["posts"], { id: number; length: number }[]>>();

// Of aliases, streams, transactions, and of what takes any of them.
const [boss] = await db.from(alias(users, "boss")).with({ reports: { with: { posts: true } } });
expectType<Equal<NonNullable<typeof boss>["reports"][number]["posts"], Post[]>>();
for await (const row of db.from(posts).with({ author: true }).stream())
  expectType<Equal<typeof row, Shape<Post & { author: User }>>>();
async function countUsers(executor: Executor): Promise<number> {
  return executor.from(users).count();
}
async function findWithPosts(executor: Executor<typeof schema>, id: string) {
  return executor.from(users).with({ posts: true }).find(id);
}
void countUsers(db);
const length = await db.transaction(async (tx) => {
  void countUsers(tx);
  const found = await findWithPosts(tx, "0190");
  return found?.posts.length ?? 0;
});
expectType<Equal<typeof length, number>>();

// To rows in hand.
const inHand = [{ id: "0190", extra: 1 }];
const loaded = await db.load(inHand, schema.relations.users.posts, {
  limit: 3,
  with: { tags: true },
});
expectType<
  Equal<
    (typeof loaded)[number],
    { id: string; extra: number; posts: Shape<Post & { tags: { id: number; name: string }[] }>[] }
  >
>();
const [own] = await db.load(inHand, schema.relations.users.profile);
expectType<Equal<NonNullable<typeof own>["profile"], RowOf<typeof profiles> | null>>();
const [of] = await db.load([{ authorId: "0190" }], schema.relations.posts.author);
expectType<Equal<NonNullable<typeof of>, { authorId: string; author: User }>>();
// @ts-expect-error An option.
void db.load(inHand, schema.relations.users.posts, { limit: 3, limti: 3 });
// @ts-expect-error A relation, deeper.
void db.load(inHand, schema.relations.users.posts, { with: { tags: true, tagz: true } });
// @ts-expect-error Rows of another table.
void db.load([{ bio: "" }], schema.relations.users.posts);

// Conditions and values.
void db
  .from(users)
  .where(
    and(
      some(schema.relations.users.posts),
      every(schema.relations.users.posts, eq(posts.title, "")),
    ),
  );
void db
  .from(users)
  .where(none(schema.relations.users.reports, (report) => eq(report.name, users.name)));
expectType<Equal<(typeof counted)["~value"], number>>();
const counted = countOf(schema.relations.users.posts);
const authorName = related(schema.relations.posts.author, (row) => row.name);
expectType<Equal<(typeof authorName)["~value"], string>>();
const editorName = related(schema.relations.posts.editor, (row) => row.name);
expectType<Equal<(typeof editorName)["~value"], string | null>>();
const lastPost = related(schema.relations.users.posts, (row) => max(row.id));
expectType<Equal<(typeof lastPost)["~value"], number | null>>();
// @ts-expect-error There is no such relation.
void some(schema.relations.users.postz);
// @ts-expect-error Nor such a column.
void some(schema.relations.users.posts, (row) => eq(row.titel, ""));
void some(schema.relations.users.reports.of(alias(users, "boss")));
// @ts-expect-error Of another table.
void some(schema.relations.users.reports.of(posts));

// A misspelt relation or option is refused at every depth, alone and beside one that is right.
// @ts-expect-error Depth 1, alone.
void db.from(users).with({ postz: true });
// @ts-expect-error Depth 1, beside a good one.
void db.from(users).with({ posts: true, postz: true });
// @ts-expect-error An option of depth 1.
void db.from(users).with({ posts: { limti: 5 } });
// @ts-expect-error An option of depth 1, beside a good one.
void db.from(users).with({ posts: { limit: 5, limti: 5 } });
// @ts-expect-error Depth 2.
void db.from(users).with({ posts: { with: { comments: true, commentz: true } } });
// @ts-expect-error Depth 3.
void db.from(users).with({ posts: { with: { comments: { with: { post: true, pots: true } } } } });
void db.from(users).with({
  // @ts-expect-error Depth 4.
  posts: { with: { comments: { with: { replies: { with: { parent: true, parnt: true } } } } } },
});
void db.from(users).with({
  posts: {
    with: {
      comments: {
        with: {
          replies: {
            with: {
              post: {
                with: {
                  tags: true,
                  // @ts-expect-error Depth 5.
                  tagz: true,
                },
              },
            },
          },
        },
      },
    },
  },
});
// @ts-expect-error A second `with`.
void db.from(users).with({ posts: true }).with({ postz: true });
// @ts-expect-error A chosen column is one that there is.
void db.from(users).with({ posts: { select: ["id", "tilte"] } });
// @ts-expect-error Deeper.
void db.from(users).with({ posts: { with: { comments: { select: ["id", "txet"] } } } });
// @ts-expect-error Of rows in hand.
void db.load(inHand, schema.relations.users.posts, { select: ["tilte"] });
// @ts-expect-error Relations are no list.
void db.from(users).with(["posts"]);
// @ts-expect-error A limit is a number.
void db.from(users).with({ posts: { limit: "5" } });
// @ts-expect-error One row has no limit.
void db.from(posts).with({ author: { limit: 5 } });
// @ts-expect-error A table without relations has none to load.
void db.from(tags).with({ posts: true });
// @ts-expect-error A database that wasn't told of the schema knows no relations.
void (db as Database).from(users).with({ posts: true });

// What was not loaded is not there, at any depth, wherever a row comes from. errors.test.ts has what the compiler says.
const [bare] = await db.from(users);
// @ts-expect-error Read.
void bare?.posts;
// @ts-expect-error Taken out.
void (({ posts: own }: NonNullable<typeof bare>) => own);
// @ts-expect-error Beside one that was loaded.
void authors[0]?.profile;
// @ts-expect-error Deeper.
void authors[0]?.posts[0]?.author;
// @ts-expect-error Of a row that was found by its key.
void (await db.from(users).find("0190"))?.posts;
// @ts-expect-error Of a page.
void (await db.from(users).page(1, { size: 5 })).items[0]?.posts;
// @ts-expect-error Of rows in hand.
void loaded[0]?.posts[0]?.author;
// @ts-expect-error Of a stream.
for await (const row of db.from(users).stream()) void row.posts;

// Nor does its name change what a row is.
expectType<Equal<typeof bare, User | undefined>>();
expectType<Equal<keyof NonNullable<typeof bare>, keyof User>>();
expectType<Equal<Json<NonNullable<typeof bare>>, Json<User>>>();
const found = db.from(users).where(eq(users.name, "x"));
expectType<Equal<Awaited<ReturnType<typeof found.one>>, User>>();
if (bare !== undefined) {
  let user = bare;
  const plain: User = bare;
  user = plain;
  user = authors[0] ?? { ...bare, name: "y" };
  await db.insert(users).values(bare);
  await db.insert(users).values([user, { ...bare, id: "0191" }]);
  await db.update(users).set(bare).where(eq(users.id, bare.id));
  const [again] = await db.load([bare], schema.relations.users.posts);
  expectType<Equal<typeof again, Shape<User & { posts: Post[] }> | undefined>>();
  const tracked = track(users, bare);
  expectType<Equal<typeof tracked.row.name, string>>();
}

// A function of any table gives the rows of that table.
async function findAny<T extends AnyTable>(client: Executor, of: T): Promise<RowOf<T> | undefined> {
  return client.from(of).first();
}
expectType<Equal<Awaited<ReturnType<typeof findAny<typeof users>>>, User | undefined>>();

// What is asked for may stand in a variable.
declare const asked: With<typeof schema, typeof users>;
expectType<Equal<(typeof anything)[number]["name"], string>>();
const anything = await db.from(users).with(asked);
const titles = {
  posts: { select: ["title"], orderBy: [], with: { author: true } },
} as const satisfies With<typeof schema, typeof users>;
const [titled] = await db.from(users).with(titles);
expectType<Equal<NonNullable<typeof titled>["posts"], { title: string; author: User }[]>>();
// @ts-expect-error A relation that there isn't.
void ({ postz: true } satisfies With<typeof schema, typeof users>);
// @ts-expect-error An option.
void ({ posts: { limti: 1 } } satisfies With<typeof schema, typeof users>);
// @ts-expect-error A column.
void ({ posts: { select: ["tilte"] } } satisfies With<typeof schema, typeof users>);

// Declarations.
// @ts-expect-error A relation has no column's name.
defineSchema({ users, profiles }, (r) => ({ users: { name: r.many(profiles) } }));
// @ts-expect-error Relations are declared for tables of the schema.
defineSchema({ users, profiles }, (r) => ({ userz: { profile: r.many(profiles) } }));
// @ts-expect-error There is no such option.
defineSchema({ users, profiles }, (r) => ({ users: { profiles: r.many(profiles, { key: 1 }) } }));
// @ts-expect-error Nor of r.one.
defineSchema({ users, profiles }, (r) => ({ profiles: { user: r.one(users, { key: 1 }) } }));
// @ts-expect-error A key is made of columns.
defineSchema({ users, posts }, (r) => ({ users: { posts: r.many(posts, { on: "authorId" }) } }));
// @ts-expect-error Nor of r.one.
defineSchema({ users, posts }, (r) => ({ posts: { author: r.one(users, { on: "authorId" }) } }));
expectType<Equal<typeof schema.relations.users.posts.name, "posts">>();
