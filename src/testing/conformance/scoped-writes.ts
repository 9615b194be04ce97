import { UniqueViolationError } from "../../core/error.ts";
import type { Database } from "../../query/database.ts";
import { asc, desc } from "../../query/order.ts";
import { eq } from "../../query/expression.ts";
import { hooks } from "../../query/watch/hooks.ts";
import { auditLog } from "../../schema/audit-log.ts";
import { unique } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { timestamps } from "../../schema/timestamps.ts";
import { integer, timestamp, varchar } from "../../schema/types.ts";
import { version } from "../../schema/version.ts";
import { failureOf, type Kit } from "./kit.ts";

const tenantId = integer().notNull().scope("tenant");
const name = varchar({ length: 40 }).notNull();

const posts = table("sw_posts", { id: integer().primaryKey(), tenantId, name });
const tags = table("sw_tags", { id: integer().primaryKey(), tenantId, name });
const taggings = table("sw_taggings", {
  postId: integer()
    .primaryKey()
    .references(() => posts.id),
  tagId: integer()
    .primaryKey()
    .references(() => tags.id),
  tenantId,
  version: version(),
  ...softDelete({ by: "deletedBy" }),
});
const marks = table(
  "sw_marks",
  {
    id: integer().primaryKey().autoIncrement(),
    postId: integer()
      .notNull()
      .references(() => posts.id),
    tagId: integer()
      .notNull()
      .references(() => tags.id),
    ...softDelete(),
  },
  (t) => [unique({ among: "live" }).on(t.postId, t.tagId)],
);
const drafts = table("sw_drafts", {
  id: integer().primaryKey(),
  tenantId,
  name,
  version: version(),
  ...timestamps(),
  ...softDelete(),
});
const oldDrafts = table("sw_old_drafts", {
  id: integer().primaryKey(),
  tenantId,
  name,
  version: version(),
  ...timestamps(),
  deletedAt: timestamp(),
});
const log = auditLog("sw_log");
const schema = defineSchema({ posts, tags, taggings, marks, drafts, oldDrafts, log }, (r) => ({
  posts: {
    tags: r.many(tags, { through: taggings }),
    marked: r.many(tags, { through: marks }),
    taggings: r.many(taggings),
  },
}));

type Client = Pick<Database<typeof schema>, "from">;

async function tagsOf(db: Client, post: number): Promise<number[]> {
  const found = await db
    .from(posts)
    .with({ tags: { select: ["id"], orderBy: asc(tags.id) } })
    .find(post);
  return found!.tags.map(({ id }) => id);
}

const told: number[][] = [];
const watching = hooks(posts, {
  beforeUpdate: ({ updates }) => void told.push(...updates.map(({ keys }) => keys as number[])),
});

/** Related rows of tables with scopes and soft deletes. */
export function scopedWriteCases({ expect, schemaGroup }: Kit): void {
  schemaGroup(
    "related writes of scoped tables",
    schema,
    (test) => {
      test("give what they make the client's values", async ({ db }) => {
        const own = db.scoped({ tenant: 1 });
        await own.insert(tags).values({ id: 1, name: "a" });
        await own
          .insert(posts)
          .values({ id: 1, name: "p" })
          .with({ tags: { connect: [1], create: [{ id: 2, name: "b" }] } });
        expect(await tagsOf(own, 1)).toEqual([1, 2]);
        const links = await db.without("tenant").from(taggings).orderBy(taggings.tagId);
        expect(links.map((link) => [link.tagId, link.tenantId])).toEqual([
          [1, 1],
          [2, 1],
        ]);
      });

      test("neither meet rows of others nor make rows of nobody", async ({ db }) => {
        const [one, two] = [db.scoped({ tenant: 1 }), db.scoped({ tenant: 2 })];
        await one.insert(posts).values({ id: 1, name: "p" });
        await two.insert(tags).values({ id: 2, name: "b" });
        expect(await failureOf(one.relate(posts, 1, { tags: { connect: [2] } }))).toMatchObject({
          code: "E_NOT_FOUND",
        });
        expect(await failureOf(two.relate(posts, 1, { tags: { connect: [2] } }))).toMatchObject({
          code: "E_NOT_FOUND",
        });
        const all = db.without("tenant");
        expect(await failureOf(all.relate(posts, 1, { tags: { connect: [2] } }))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
        expect(await all.from(taggings).withDeleted().count()).toBe(0);
      });

      test("bring a link back that was deleted before", async ({ db }) => {
        const own = db.scoped({ tenant: 1 }).as({ id: "ann" });
        await own.insert(tags).values([
          { id: 1, name: "a" },
          { id: 2, name: "b" },
          { id: 3, name: "c" },
        ]);
        await own
          .insert(posts)
          .values({ id: 1, name: "p" })
          .with({ tags: { connect: [1, 2] } });
        await own.relate(posts, 1, { tags: { disconnect: [1] } });
        expect(await tagsOf(own, 1)).toEqual([2]);
        await own.relate(posts, 1, { tags: { connect: [1, 3] } });
        await own.relate(posts, 1, { tags: { set: [] } });
        await own.relate(posts, 1, { tags: { set: [1, 2] } });
        expect(await tagsOf(own, 1)).toEqual([1, 2]);
        const rows = await own.from(taggings).withDeleted().orderBy(taggings.tagId);
        expect(rows.map((row) => [row.tagId, row.version, row.deletedBy])).toEqual([
          [1, 5, null],
          [2, 3, null],
          [3, 2, "ann"],
        ]);
        const [last] = await db.from(log).orderBy(desc(log.id)).limit(1);
        expect([last!.action, last!.table, last!.actor]).toEqual(["restore", "sw_taggings", "ann"]);
      });

      test("make another link where the key lets it be", async ({ db }) => {
        const own = db.scoped({ tenant: 1 });
        await own.insert(tags).values({ id: 1, name: "a" });
        await own.insert(posts).values({ id: 1, name: "p" });
        for (const marked of [{ connect: [1] }, { disconnect: [1] }, { connect: [1] }])
          await own.relate(posts, 1, { marked });
        const rows = await own.from(marks).withDeleted().orderBy(marks.id);
        expect(rows.map(({ deletedAt }) => deletedAt === null)).toEqual([false, true]);
      });

      test("tell of rows that are archived, which stay as they were", async ({ db }) => {
        const own = db.scoped({ tenant: 1 }).as({ id: "ann" });
        await own.insert(drafts).values({ id: 1, name: "p" });
        await own.update(drafts).set({ name: "q" }).all();
        await own.delete(drafts).all();
        const before = await own.from(drafts).withDeleted().one();
        const olderThan = new Date(Date.now() + 60_000);
        await own.archive(drafts, { into: oldDrafts, olderThan });
        expect(await own.from(oldDrafts).one()).toEqual(before);
        const [last] = await db.from(log).orderBy(desc(log.id)).limit(1);
        expect([last!.action, last!.table, last!.key]).toEqual(["insert", "sw_old_drafts", "1"]);
      });

      test("tell hooks once of an insert that meets a row of somebody else", async ({ db }) => {
        await db.scoped({ tenant: 1 }).insert(posts).values({ id: 1, name: "p" });
        told.length = 0;
        const stolen = db
          .scoped({ tenant: 2 })
          .insert(posts)
          .values({ id: 1, name: "q" })
          .onConflict(posts.id)
          .update({ name: "q" });
        expect((await failureOf(stolen)) instanceof UniqueViolationError).toBe(true);
        expect(told.length).toBe(1);
        expect(await db.without("tenant").from(posts).where(eq(posts.name, "p")).count()).toBe(1);
      });
    },
    { hooks: [watching], audit: { table: log, tables: [taggings, oldDrafts] } },
  );
}
