import { integer, sql, table, text, uuid, type Database, type UpdateManySummary } from "plinth";
import { expectType, type Equal } from "./equal.ts";

declare const db: Database;

const tags = table("tags", { id: integer().primaryKey(), name: text().notNull(), note: text() });
const postTags = table("post_tags", {
  postId: uuid().primaryKey(),
  tagId: integer().primaryKey(),
  rank: integer(),
});

const many = await db.updateMany(tags, [{ id: 1, name: "a" }, { id: 2 }]);
expectType<Equal<typeof many, UpdateManySummary>>();
void db.updateMany(postTags, [{ postId: "0190", tagId: 1, rank: null }], {
  key: ["postId", "tagId"],
});
// @ts-expect-error The key is missing.
void db.updateMany(tags, [{ name: "a" }], { key: "id" });
// @ts-expect-error There is no such column.
void db.updateMany(tags, [{ id: 1, nmae: "a" }], { key: "id" });
// @ts-expect-error The key is a column.
void db.updateMany(tags, [{ id: 1 }], { key: "ident" });
// @ts-expect-error The name is a text.
void db.updateMany(tags, [{ id: 1, name: 1 }], { key: "id" });
// @ts-expect-error It is never NULL.
void db.updateMany(tags, [{ id: 1, name: null }], { key: "id" });
// @ts-expect-error It takes values, as rows are put together.
void db.updateMany(tags, [{ id: 1, name: sql<string>`upper(${tags.name})` }]);
