/** The tables that the tests of the sketch share, with all that a schema will say. */
import { index, integer, table, text, timestamps, uuid, uuidv7 } from "plinth";
import { defineSchema, softDelete } from "./schema.ts";

/** Columns with which every table begins. */
function stamped() {
  return { id: uuid().primaryKey().$default(uuidv7), ...timestamps() };
}

export const users = table("users", {
  ...stamped(),
  name: text().notNull(),
  ...softDelete({ column: "disabledAt", by: { disabledBy: uuid() } }),
});

const profiles = table("profiles", {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  bio: text(),
});

export const posts = table(
  "posts",
  {
    ...stamped(),
    authorId: uuid()
      .notNull()
      .references(() => users.id),
    editorId: uuid().references(() => users.id),
    title: text().notNull(),
    ...softDelete({ scope: "off" }),
  },
  (t) => [index().on(t.authorId, t.createdAt)],
);

export const comments = table("post_comments", {
  id: integer().primaryKey().autoIncrement(),
  postId: uuid()
    .notNull()
    .references(() => posts.id),
  parentId: integer().references(() => comments.id),
  text: text().notNull(),
  ...timestamps({ created: "writtenAt", updated: false }),
});

export const tags = table("tags", { id: integer().primaryKey(), name: text().notNull() });

export const postTags = table("post_tags", {
  postId: uuid()
    .primaryKey()
    .references(() => posts.id),
  tagId: integer()
    .primaryKey()
    .references(() => tags.id),
});

export const schema = defineSchema({ users, profiles, posts, comments, tags, postTags }, (r) => ({
  users: { posts: r.many(posts, { key: posts.authorId }), profile: r.optional(profiles) },
  profiles: { user: r.one(users) },
  posts: {
    author: r.one(users, { key: posts.authorId }),
    editor: r.optional(users, { key: posts.editorId }),
    comments: r.many(comments),
    tags: r.many(tags, { through: postTags }),
  },
  comments: {
    post: r.one(posts),
    parent: r.optional(comments, { key: comments.parentId }),
    replies: r.many(comments, { key: comments.parentId }),
  },
}));
