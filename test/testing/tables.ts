// Tables, migrations and fixtures for the tests of tests.
import { defineSchema, integer, table, text, timestamp, varchar } from "plinth";
import { defineFactory, fixture } from "plinth/testing";

export const users = table("users", {
  id: integer().primaryKey().autoIncrement(),
  name: varchar({ length: 60 }).notNull().unique(),
  role: varchar({ length: 20 }).notNull().default("user"),
  createdAt: timestamp().notNull().defaultNow(),
});

export const posts = table("posts", {
  id: integer().primaryKey().autoIncrement(),
  authorId: integer()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  parentId: integer().references((): unknown => posts.id),
  title: text().notNull(),
});

export const schema = defineSchema({ users, posts });

export const people = fixture(users, {
  ada: { name: "Ada", role: "admin" },
  grace: { name: "Grace", createdAt: new Date("2026-01-31T12:00:00Z") },
});

// The answer comes first, and is written after what it answers.
export const notes = fixture(posts, (ref) => ({
  answer: { authorId: people.ref("grace"), parentId: ref("first"), title: "Answer" },
  first: { authorId: people.ref("ada"), title: "First" },
}));

export const makeUser = defineFactory(
  users,
  ({ number, fake }) => ({ name: `${fake.fullName()} ${number}` }),
  { traits: { admin: { role: "admin" }, old: ({ fake }) => ({ createdAt: fake.date() }) } },
);

export const makePost = defineFactory(posts, ({ fake, related }) => ({
  authorId: related(makeUser),
  title: fake.sentence(3),
}));
