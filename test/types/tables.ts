// oxlint-disable import/no-cycle -- two files that point at one another are what is tested.
/** The tables that the type tests share. They point at one another, and `teams.ts` points back at them. */
import {
  bigint,
  boolean,
  decimal,
  index,
  integer,
  json,
  table,
  text,
  timestamp,
  unique,
  uuid,
  uuidv7,
  varchar,
} from "plinth";
import { teams } from "./teams.ts";

export type Role = "admin" | "user";
export type PostId = number & { readonly brand: "post" };

export interface Settings {
  readonly dark: boolean;
}

/** Columns that many tables begin with, spread into each. */
function owned() {
  return {
    id: uuid().primaryKey().$default(uuidv7),
    createdAt: timestamp().notNull().defaultNow(),
    deletedAt: timestamp(),
  };
}

export const users = table(
  "users",
  {
    ...owned(),
    name: varchar({ length: 255 }).notNull().unique(),
    role: text().$type<Role>().notNull().default("user"),
    settings: json<Settings>(),
    isActive: boolean().notNull().default(true),
    credits: integer().notNull().default(0),
    balance: decimal({ precision: 12, scale: 2 }),
    views: bigint().notNull(),
    teamId: integer().references(() => teams.id),
    favouriteId: integer().references(() => posts.id),
  },
  (t) => [index().on(t.role, t.createdAt), unique("one_name_per_team").on(t.teamId, t.name)],
);

export const posts = table("posts", {
  id: integer().$type<PostId>().primaryKey().autoIncrement(),
  authorId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  parentId: integer()
    .$type<PostId>()
    .references(() => posts.id),
  title: text().notNull(),
  body: text("content"),
});

export const likes = table("likes", {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  postId: integer()
    .primaryKey()
    .references(() => posts.id),
  at: timestamp({ mode: "string" }).notNull(),
});

export const logs = table("logs", { line: text().notNull() });
