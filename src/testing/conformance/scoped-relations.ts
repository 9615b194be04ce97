import type { Database } from "../../query/database.ts";
import { eq } from "../../query/expression.ts";
import { countOf, none, some } from "../../query/relations/operators.ts";
import { defineSchema } from "../../schema/schema.ts";
import { softDelete } from "../../schema/soft-delete.ts";
import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const people = table("srel_people", { id: integer().primaryKey(), ...softDelete() });
const posts = table("srel_posts", {
  id: integer().primaryKey(),
  authorId: integer()
    .notNull()
    .references(() => people.id),
  tenantId: integer().notNull().scope("tenant"),
  ...softDelete(),
});
const tags = table("srel_tags", { id: integer().primaryKey(), ...softDelete() });
const taggings = table("srel_taggings", {
  postId: integer()
    .primaryKey()
    .references(() => posts.id),
  tagId: integer()
    .primaryKey()
    .references(() => tags.id),
  ...softDelete(),
});

const schema = defineSchema({ people, posts, tags, taggings }, (r) => ({
  people: { posts: r.many(posts) },
  posts: { author: r.one(people), tags: r.many(tags, { through: taggings }) },
}));

const of = { posts: schema.relations.people.posts, tags: schema.relations.posts.tags };

async function fill(db: Database<typeof schema>): Promise<void> {
  const all = db.without("tenant");
  await all.insert(people).values([{ id: 1 }, { id: 2 }, { id: 3 }]);
  await all.insert(posts).values([
    { id: 10, authorId: 1, tenantId: 1 },
    { id: 11, authorId: 1, tenantId: 1 },
    { id: 12, authorId: 2, tenantId: 1 },
    { id: 13, authorId: 3, tenantId: 2 },
  ]);
  await all.insert(tags).values([{ id: 20 }, { id: 21 }]);
  await all.insert(taggings).values([
    { postId: 10, tagId: 20 },
    { postId: 10, tagId: 21 },
    { postId: 12, tagId: 20 },
  ]);
  await all.delete(posts).where(eq(posts.id, 11));
  await all.delete(people).where(eq(people.id, 2));
  await all.delete(tags).where(eq(tags.id, 21));
}

/** Relations see of each table what queries of it see. */
export function scopedRelationCases({ expect, schemaGroup }: Kit): void {
  schemaGroup("relations of scoped tables", schema, (test) => {
    test("leave out rows that are deleted, at each level and on the way", async ({ db }) => {
      await fill(db);
      const own = db.scoped({ tenant: 1 });
      const tree = await own
        .from(people)
        .orderBy(people.id)
        .with({ posts: { select: ["id"], with: { tags: { select: ["id"] } } } });
      expect(tree.map(({ id, posts: of }) => [id, of])).toEqual([
        [1, [{ id: 10, tags: [{ id: 20 }] }]],
        [3, []],
      ]);
      await own.delete(taggings).where(eq(taggings.tagId, 20));
      expect(await own.from(posts).with({ tags: true }).find(10)).toMatchObject({ tags: [] });
    });

    test("give null for a row that is deleted, or the row where that is asked for", async ({
      db,
    }) => {
      await fill(db);
      const own = db.scoped({ tenant: 1 });
      const hidden = await own.from(posts).with({ author: true }).find(12);
      expect(hidden!.author).toBe(null);
      const shown = await own
        .from(posts)
        .with({ author: { withDeleted: true } })
        .find(12);
      expect(shown!.author.id).toBe(2);
      const all = await own
        .from(people)
        .withDeleted()
        .orderBy(people.id)
        .with({ posts: { withDeleted: true, select: ["id"], orderBy: posts.id } });
      expect(all.map(({ posts: of }) => of.map(({ id }) => id))).toEqual([[10, 11], [12], []]);
    });

    test("know the client's values, and what it does without", async ({ db }) => {
      await fill(db);
      expect(await failureOf(db.from(people).with({ posts: true }))).toMatchObject({
        code: "E_NO_SCOPE",
      });
      const ids = async (by: Pick<typeof db, "from">): Promise<number[][]> => {
        const rows = await by.from(people).orderBy(people.id).with({ posts: true });
        return rows.map((row) => row.posts.map(({ id }) => id));
      };
      expect(await ids(db.scoped({ tenant: 2 }))).toEqual([[], [13]]);
      expect(await ids(db.without("tenant"))).toEqual([[10], [13]]);
      const lifted = db.from(people).without("tenant").orderBy(people.id).with({ posts: true });
      expect((await lifted).map((row) => row.posts.length)).toEqual([1, 1]);
    });

    test("are conditions and counts of what is seen", async ({ db }) => {
      await fill(db);
      const one = db.scoped({ tenant: 1 });
      const found = async (by: Pick<typeof db, "from">): Promise<number[]> =>
        (await by.from(people).withDeleted().where(some(of.posts)).orderBy(people.id)).map(
          ({ id }) => id,
        );
      expect(await found(one)).toEqual([1, 2]);
      expect(await found(db.without("tenant"))).toEqual([1, 2, 3]);
      expect(await one.from(people).where(none(of.posts)).count()).toBe(1);
      const counted = one.select({ id: posts.id, n: countOf(of.tags) }).from(posts);
      expect(await counted.orderBy(posts.id)).toEqual([
        { id: 10, n: 1 },
        { id: 12, n: 1 },
      ]);
    });
  });
}
