import { expect, test } from "vitest";
import { and, eq, isNull } from "../query/expression.ts";
import { sql } from "../query/sql.ts";
import { foreignKey, unique } from "./constraints.ts";
import type { Relate, RelationDrafts } from "./relation.ts";
import { defineSchema, relationsOf } from "./schema.ts";
import { alias, infoOf, table } from "./table.ts";
import { integer, json, text, timestamp } from "./types.ts";

const id = integer().primaryKey();
const users = table("users", {
  id,
  managerId: integer().references(() => users.id),
  code: text().notNull().unique(),
});
const profiles = table("profiles", {
  userId: integer()
    .primaryKey()
    .references(() => users.id),
});
const posts = table("posts", {
  id,
  authorId: integer()
    .notNull()
    .references(() => users.id),
});
const comments = table("comments", {
  id,
  postId: integer()
    .notNull()
    .references(() => posts.id),
  writerId: integer()
    .notNull()
    .references(() => users.id),
  editorId: integer().references(() => users.id),
});
const guilds = table("guilds", { id });
const members = table("members", {
  userId: integer()
    .primaryKey()
    .references(() => users.id),
  guildId: integer()
    .primaryKey()
    .references(() => guilds.id),
});
const follows = table(
  "follows",
  {
    id,
    fromId: integer().references(() => users.id),
    toId: integer().references(() => users.id),
  },
  (t) => [unique().on(t.fromId, t.toId)],
);
const notes = table("notes", {
  id,
  subjectType: text().notNull(),
  subjectId: integer().notNull(),
  data: json<object>(),
  at: timestamp({ precision: 6 }),
});
const parts = table("parts", { a: integer().primaryKey(), b: integer().primaryKey() });
const uses = table("uses", { id, a: integer().notNull(), b: integer() }, (t) => [
  foreignKey()
    .on(t.b, t.a)
    .references(() => [parts.b, parts.a]),
]);
const tables = {
  users,
  profiles,
  posts,
  comments,
  guilds,
  members,
  follows,
  notes,
  parts,
  uses,
};

type Relations = (r: Relate) => RelationDrafts;

function define(relations: Relations) {
  return defineSchema(tables, relations as never);
}

function found(relations: Relations) {
  const schema = define(relations) as never as Parameters<typeof relationsOf>[0];
  const relation = Object.values(tables).flatMap((owner) =>
    Object.values(relationsOf(schema, infoOf(owner))),
  )[0]!;
  return {
    isOptional: relation.isOptional,
    isDistinct: relation.isDistinct,
    steps: relation.steps.map(({ from, to, key }) =>
      [...from, key === "from" ? ">" : key === "to" ? "<" : "-", ...to]
        .map((part) => (typeof part === "string" ? part : `${part.source.table}.${part.key}`))
        .join(" "),
    ),
  };
}

test.each<[string, Relations, ReturnType<typeof found>]>([
  [
    "rows that point here",
    (r) => ({ users: { posts: r.many(posts) } }),
    { isOptional: false, isDistinct: true, steps: ["users.id < posts.authorId"] },
  ],
  [
    "the row that is pointed at",
    (r) => ({ posts: { author: r.one(users) } }),
    { isOptional: false, isDistinct: true, steps: ["posts.authorId > users.id"] },
  ],
  [
    "one of several keys",
    (r) => ({ comments: { editor: r.one(users, { on: comments.editorId }) } }),
    { isOptional: true, isDistinct: true, steps: ["comments.editorId > users.id"] },
  ],
  [
    "the other side of one to one",
    (r) => ({ users: { profile: r.one(profiles, { on: profiles.userId }) } }),
    { isOptional: true, isDistinct: true, steps: ["users.id < profiles.userId"] },
  ],
  [
    "a table that points at itself, upwards",
    (r) => ({ users: { manager: r.one(users, { on: users.managerId }) } }),
    { isOptional: true, isDistinct: true, steps: ["users.managerId > users.id"] },
  ],
  [
    "a table that points at itself, downwards",
    (r) => ({ users: { reports: r.many(users, { on: users.managerId }) } }),
    { isOptional: false, isDistinct: true, steps: ["users.id < users.managerId"] },
  ],
  [
    "through a table whose key is the pair",
    (r) => ({ users: { guilds: r.many(guilds, { through: members }) } }),
    {
      isOptional: false,
      isDistinct: true,
      steps: ["users.id < members.userId", "members.guildId > guilds.id"],
    },
  ],
  [
    "through a table with two keys to one table",
    (r) => ({
      users: {
        following: r.many(users, {
          through: { table: follows, from: follows.fromId, to: follows.toId },
        }),
      },
    }),
    {
      isOptional: false,
      isDistinct: true,
      steps: ["users.id < follows.fromId", "follows.toId > users.id"],
    },
  ],
  [
    "several hops, which meet a row by several ways",
    (r) => ({
      users: {
        commenters: r.many(users, {
          through: [{ table: posts }, { table: comments, to: comments.writerId }],
        }),
      },
    }),
    {
      isOptional: false,
      isDistinct: false,
      steps: [
        "users.id < posts.authorId",
        "posts.id < comments.postId",
        "comments.writerId > users.id",
      ],
    },
  ],
  [
    "hops that only lead down meet each row once",
    (r) => ({ users: { comments: r.many(comments, { through: posts }) } }),
    {
      isOptional: false,
      isDistinct: true,
      steps: ["users.id < posts.authorId", "posts.id < comments.postId"],
    },
  ],
  [
    "hops that only lead up are one row",
    (r) => ({ comments: { postAuthor: r.one(users, { through: posts }) } }),
    {
      isOptional: false,
      isDistinct: true,
      steps: ["comments.postId > posts.id", "posts.authorId > users.id"],
    },
  ],
  [
    "columns without a foreign key",
    (r) => ({ users: { notes: r.many(notes, { from: users.id, to: notes.subjectId }) } }),
    { isOptional: false, isDistinct: true, steps: ["users.id - notes.subjectId"] },
  ],
  [
    "a key of several columns, in the order of the key",
    (r) => ({ parts: { uses: r.many(uses) } }),
    { isOptional: false, isDistinct: true, steps: ["parts.a parts.b < uses.a uses.b"] },
  ],
])("finds the columns: %s", (_, relations, expected) => {
  expect(found(relations)).toEqual(expected);
});

test("takes a condition apart by what it is about", () => {
  const schema = defineSchema(tables, (r) => ({
    notes: {
      user: r.one(users, {
        from: notes.subjectId,
        to: users.id,
        where: and(eq(notes.subjectType, "user"), isNull(users.managerId)),
      }),
    },
  }));
  const { user } = schema.relations.notes;
  expect(user.ownerWhere).toMatchObject({ kind: "compare", left: notes.subjectType });
  expect(user.where).toMatchObject({ kind: "nullTest", operand: users.managerId });
  expect(user.isOptional).toBe(true);
});

test.each<[string, Relations, string, string | undefined]>([
  [
    "an unknown table",
    (r) => ({ userz: { posts: r.many(posts) } }),
    'Relations of "userz", which is no table of the schema.',
    "It has users, profiles, posts, comments, guilds, members, follows, notes, parts, uses.",
  ],
  [
    "what is no relation",
    () => ({ users: { posts: posts as never } }),
    'Relation "posts" of "users" is none.',
    "Write it as posts: r.many(table), or r.one(table).",
  ],
  [
    "the name of a column",
    (r) => ({ users: { code: r.many(posts) } }),
    'Relation "code" of "users" has the name of a column.',
    "Give the relation another name.",
  ],
  [
    "an alias",
    (r) => ({ users: { posts: r.many(alias(posts, "other")) } }),
    'Relation "posts" of "users" leads to "other", which the schema lacks.',
    "Add the table itself to defineSchema().",
  ],
  [
    "no foreign key",
    (r) => ({ users: { notes: r.many(notes) } }),
    'Relation "notes" of "users" has no foreign key to go by.',
    "Declare one with references(), or name the columns: notes: r.many(notes, { from: users.…, to: notes.… }).",
  ],
  [
    "several foreign keys",
    (r) => ({ users: { comments: r.many(comments) } }),
    'Relation "comments" of "users" has 2 foreign keys to go by, and names none of them.',
    "Write comments: r.many(comments, { on: comments.writerId }), or comments: r.many(comments, { on: comments.editorId }).",
  ],
  [
    "a table that points at itself, without its key",
    (r) => ({ users: { reports: r.many(users) } }),
    `Relation "reports" of "users" points at its own table, and doesn't name the foreign key.`,
    "Write reports: r.many(users, { on: users.managerId }).",
  ],
  [
    "a promise that the key doesn't keep",
    (r) => ({ uses: { part: r.one(parts) } }),
    'Relation "part" of "uses" may be null, as its foreign key may be null, which types see only where the key is named.',
    "Write part: r.one(parts, { on: [uses.a, uses.b] }).",
  ],
  [
    "a promise from the other side",
    (r) => ({ users: { profile: r.one(profiles) } }),
    'Relation "profile" of "users" may be null, as its foreign key stands in the other table, which types see only where the key is named.',
    "Write profile: r.one(profiles, { on: profiles.userId }).",
  ],
  [
    "many where there is one",
    (r) => ({ posts: { author: r.many(users) } }),
    'Relation "author" of "posts" is r.many, but its foreign key leads to one row.',
    "Write author: r.one(users, { on: posts.authorId }).",
  ],
  [
    "one where there are many",
    (r) => ({ users: { post: r.one(posts, { on: posts.authorId }) } }),
    'Relation "post" of "users" is r.one, but many rows may hold its foreign key.',
    "Write post: r.many(posts, { on: posts.authorId }), or make the key unique.",
  ],
  [
    "`on` beside the point",
    (r) => ({ posts: { author: r.one(users, { on: posts.id }) } }),
    '`on` of relation "author" of "posts" names no foreign key between the two tables.',
    "There is posts.authorId.",
  ],
  [
    "`on` beside `from`",
    (r) => ({
      users: { posts: r.many(posts, { on: posts.authorId, from: users.id, to: posts.authorId }) },
    }),
    'Relation "posts" of "users" has both `on` and `from`.',
    "`on` names a foreign key; leave out the others.",
  ],
  [
    "`from` alone",
    (r) => ({ users: { notes: r.many(notes, { from: users.id }) } }),
    'Relation "notes" of "users" has only one of `from` and `to`.',
    "`from` are columns of this table, `to` as many of the other.",
  ],
  [
    "a column of another table",
    (r) => ({ users: { notes: r.many(notes, { from: posts.id, to: notes.subjectId }) } }),
    '`from` of relation "notes" of "users" is no column of "users".',
    undefined,
  ],
  [
    "columns of different types",
    (r) => ({ users: { notes: r.many(notes, { from: users.code, to: notes.subjectId }) } }),
    'Relation "notes" of "users" pairs [users.code, notes.subjectId], which are of different types.',
    undefined,
  ],
  [
    "columns that are no keys",
    (r) => ({ notes: { same: r.many(notes, { from: notes.at, to: notes.at }) } }),
    'Relation "same" of "notes" pairs [notes.at, notes.at], whose type is no key for a relation.',
    "Relations go over numbers, texts, UUIDs, days, bytes and instants of milliseconds.",
  ],
  [
    "one over what isn't unique",
    (r) => ({ users: { note: r.one(notes, { from: users.id, to: notes.subjectId }) } }),
    'Relation "note" of "users" is r.one, but several rows of "notes" may have the same notes.subjectId.',
    "Write note: r.many(…), or make the column unique.",
  ],
  [
    "through two keys to one table",
    (r) => ({ users: { following: r.many(users, { through: follows }) } }),
    'Relation "following" of "users" finds 2 foreign keys between "users" and "follows": follows.fromId and follows.toId.',
    "Name one: { through: { table: follows, from: follows.fromId } }.",
  ],
  [
    "through a table without a key",
    (r) => ({ users: { guilds: r.many(guilds, { through: notes }) } }),
    'Relation "guilds" of "users" finds no foreign key between "users" and "notes".',
    undefined,
  ],
  [
    "a condition over both tables at once",
    (r) => ({ users: { posts: r.many(posts, { where: eq(posts.id, users.managerId) }) } }),
    'The condition of relation "posts" of "users" compares tables with one another, or names one that isn\'t on its way.',
    "Combine conditions over one table each with and(…).",
  ],
])("refuses, and says what to write: %s", (_, relations, message, hint) => {
  expect(() => define(relations)).toThrow(
    expect.objectContaining({
      code: "E_SCHEMA",
      message: hint === undefined ? message : `${message} ${hint}`,
    }),
  );
});

test("takes a condition as SQL", () => {
  const schema = defineSchema(tables, (r) => ({
    users: { posts: r.many(posts, { where: sql<boolean>`${posts.id} > 0` }) },
  }));
  expect(schema.relations.users.posts.where).toBeDefined();
});
