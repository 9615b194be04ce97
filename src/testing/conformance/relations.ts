import type { Condition } from "../../ast/expression.ts";
import { and, eq, gt, max, ne, or, sum } from "../../query/expression.ts";
import { desc } from "../../query/order.ts";
import { countOf, every, none, related, some } from "../../query/relations/operators.ts";
import { sql } from "../../query/sql.ts";
import { foreignKey, index } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { alias, table } from "../../schema/table.ts";
import { bigint, bytes, decimal, integer, json, timestamp, varchar } from "../../schema/types.ts";
import type { Executor } from "../../query/client.ts";
import { failureOf, type Kit } from "./kit.ts";

const id = integer().primaryKey();
const name = varchar({ length: 40 }).notNull();

const people = table(
  "rel_people",
  {
    id,
    name,
    managerId: integer().references(() => people.id, { onDelete: "set null" }),
  },
  (t) => [index().on(t.managerId)],
);
const badges = table("rel_badges", {
  personId: integer()
    .primaryKey()
    .references(() => people.id),
  code: varchar({ length: 10 }).notNull(),
});
const posts = table(
  "rel_posts",
  {
    id,
    authorId: integer()
      .notNull()
      .references(() => people.id),
    editorId: integer().references(() => people.id),
    title: name,
    big: bigint().notNull(),
    price: decimal({ precision: 12, scale: 2 }).notNull(),
    at: timestamp().notNull(),
    mask: bytes(),
    data: json<{ deep: number[] }>(),
  },
  (t) => [index().on(t.authorId)],
);
const comments = table(
  "rel_comments",
  {
    id,
    postId: integer()
      .notNull()
      .references(() => posts.id),
    writerId: integer().references(() => people.id),
    text: name,
  },
  (t) => [index().on(t.postId)],
);
const tags = table("rel_tags", { id, name });
const postTags = table("rel_post_tags", {
  postId: integer()
    .primaryKey()
    .references(() => posts.id),
  tagId: integer()
    .primaryKey()
    .references(() => tags.id),
  weight: integer().notNull(),
});
const notes = table("rel_notes", {
  id,
  subjectKind: varchar({ length: 10 }).notNull(),
  subjectId: integer().notNull(),
  text: name,
});
const halls = table("rel_halls", {
  city: varchar({ length: 10 }).primaryKey(),
  number: bigint({ mode: "number" }).primaryKey(),
});
const seats = table(
  "rel_seats",
  { id, city: varchar({ length: 10 }), hall: bigint({ mode: "number" }) },
  (t) => [
    foreignKey()
      .on(t.city, t.hall)
      .references(() => [halls.city, halls.number]),
  ],
);

const schema = defineSchema(
  { people, badges, posts, comments, tags, postTags, notes, halls, seats },
  (r) => ({
    people: {
      manager: r.one(people, { on: people.managerId }),
      reports: r.many(people, { on: people.managerId }),
      badge: r.one(badges, { on: badges.personId }),
      posts: r.many(posts, { on: posts.authorId }),
      edited: r.many(posts, { on: posts.editorId }),
      costly: r.many(posts, { on: posts.authorId, where: gt(posts.price, "10.00") }),
      /** Those who wrote something about what this person wrote: each once. */
      readers: r.many(people, {
        through: [
          { table: posts, from: posts.authorId },
          { table: comments, to: comments.writerId },
        ],
      }),
      notes: r.many(notes, {
        from: people.id,
        to: notes.subjectId,
        where: eq(notes.subjectKind, "person"),
      }),
    },
    badges: { person: r.one(people) },
    posts: {
      author: r.one(people, { on: posts.authorId }),
      editor: r.one(people, { on: posts.editorId }),
      comments: r.many(comments),
      tags: r.many(tags, { through: postTags }),
      tagging: r.many(postTags),
    },
    comments: {
      post: r.one(posts),
      writer: r.one(people, { on: comments.writerId }),
      about: r.one(people, { through: { table: posts, to: posts.authorId } }),
    },
    tags: { posts: r.many(posts, { through: postTags }) },
    postTags: { tag: r.one(tags), post: r.one(posts) },
    notes: {
      person: r.one(people, {
        from: notes.subjectId,
        to: people.id,
        where: eq(notes.subjectKind, "person"),
      }),
      post: r.one(posts, {
        from: notes.subjectId,
        to: posts.id,
        where: and(eq(notes.subjectKind, "post"), ne(posts.title, "hidden")),
      }),
    },
    halls: { seats: r.many(seats) },
    seats: { where: r.one(halls, { on: [seats.city, seats.hall] }) },
  }),
);

const at = new Date("2024-05-06T07:08:09.123Z");
const post = (
  own: number,
  authorId: number,
  editorId: number | null,
  title: string,
  price: string,
) => ({
  id: own,
  authorId,
  editorId,
  title,
  price,
  big: 9_007_199_254_740_993n + BigInt(own),
  at,
  mask: own === 1 ? null : new Uint8Array([own, 0, 255]),
  data: own === 1 ? null : { deep: [own] },
});
const allPosts = [
  post(1, 1, null, "one", "5.00"),
  post(2, 1, 2, "two", "15.50"),
  post(3, 1, 3, "three", "99999999.99"),
  post(4, 2, 1, "four", "0.01"),
  post(5, 4, 4, "hidden", "10.01"),
];

async function fill(db: Executor): Promise<void> {
  await db.insert(people).values([
    { id: 1, name: "Ada", managerId: null },
    { id: 2, name: "Bob", managerId: 1 },
    { id: 3, name: "Cleo", managerId: 1 },
    { id: 4, name: "Dan", managerId: 2 },
  ]);
  await db.insert(badges).values([
    { personId: 1, code: "a" },
    { personId: 3, code: "c" },
  ]);
  await db.insert(posts).values(allPosts);
  await db.insert(comments).values([
    { id: 1, postId: 1, writerId: 2, text: "x" },
    { id: 2, postId: 1, writerId: 2, text: "y" },
    { id: 3, postId: 2, writerId: 2, text: "z" },
    { id: 4, postId: 2, writerId: 3, text: "v" },
    { id: 5, postId: 4, writerId: null, text: "w" },
    { id: 6, postId: 1, writerId: 1, text: "u" },
  ]);
  await db.insert(tags).values([
    { id: 1, name: "red" },
    { id: 2, name: "green" },
    { id: 3, name: "blue" },
  ]);
  await db.insert(postTags).values([
    { postId: 1, tagId: 1, weight: 3 },
    { postId: 1, tagId: 2, weight: 9 },
    { postId: 2, tagId: 2, weight: 1 },
  ]);
  await db.insert(notes).values([
    { id: 1, subjectKind: "person", subjectId: 1, text: "p1" },
    { id: 2, subjectKind: "post", subjectId: 1, text: "o1" },
    { id: 3, subjectKind: "post", subjectId: 5, text: "o5" },
    { id: 4, subjectKind: "nothing", subjectId: 1, text: "n" },
  ]);
  await db.insert(halls).values([
    { city: "A", number: 1 },
    { city: "A", number: 2 },
    { city: "B", number: 1 },
  ]);
  await db.insert(seats).values([
    { id: 1, city: "A", hall: 1 },
    { id: 2, city: "A", hall: 2 },
    { id: 3, city: "B", hall: 1 },
    { id: 4, city: "A", hall: 1 },
    { id: 5, city: "A", hall: null },
    { id: 6, city: null, hall: null },
  ]);
}

const notesInHand = [{ id: 1, subjectKind: "person", subjectId: 1, text: "" }];

const ids = (rows: readonly { readonly id: number }[]): number[] => rows.map((row) => row.id);

/** Rows with what belongs to them. */
export function relationCases({ expect, schemaGroup }: Kit): void {
  schemaGroup("relations", schema, (test) => {
    test("give lists and single rows, with every value exact", async ({ db }) => {
      await fill(db);
      const rows = await db
        .from(people)
        .orderBy(people.id)
        .with({ posts: { orderBy: posts.id } });
      expect(rows).toEqual([
        { id: 1, name: "Ada", managerId: null, posts: allPosts.slice(0, 3) },
        { id: 2, name: "Bob", managerId: 1, posts: [allPosts[3]] },
        { id: 3, name: "Cleo", managerId: 1, posts: [] },
        { id: 4, name: "Dan", managerId: 2, posts: [allPosts[4]] },
      ]);
      const first = await db.from(posts).with({ author: true, editor: true, tags: true }).find(1);
      expect(first).toEqual({
        ...allPosts[0],
        author: { id: 1, name: "Ada", managerId: null },
        editor: null,
        tags: [
          { id: 1, name: "red" },
          { id: 2, name: "green" },
        ],
      });
    });

    test("stand on pages, by number and by cursor", async ({ db }) => {
      await fill(db);
      const read = db.from(people).with({ posts: { orderBy: posts.id }, badge: true });
      const all = await read.orderBy(desc(people.name));
      const second = await read.orderBy(desc(people.name)).page(2, { size: 2 });
      expect([second.items, second.total, second.pages]).toEqual([all.slice(2), 4, 2]);
      const seen: unknown[] = [];
      let before: string | null = null;
      for await (const page of read.keyset([desc(people.name)], { size: 1 })) {
        seen.push(...page.items);
        before = page.previousCursor;
      }
      expect(seen).toEqual(all);
      const back = await read.keyset([desc(people.name)], { size: 2, before });
      expect(back.items).toEqual(all.slice(1, 3));
      const cut = read.limit(2).keyset([people.id], { size: 2 });
      expect(await failureOf(cut)).toMatchObject({ code: "E_UNFINISHED" });
    });

    test("of a table to itself lead up and down, to any depth", async ({ db }) => {
      await fill(db);
      const [dan] = await db
        .from(people)
        .where(eq(people.id, 4))
        .with({ manager: { with: { manager: { with: { manager: true } } } } });
      expect(dan).toEqual({
        id: 4,
        name: "Dan",
        managerId: 2,
        manager: {
          id: 2,
          name: "Bob",
          managerId: 1,
          manager: { id: 1, name: "Ada", managerId: null, manager: null },
        },
      });
      const [ada] = await db
        .from(people)
        .where(eq(people.id, 1))
        .with({ reports: { orderBy: desc(people.id), with: { reports: true } } });
      expect(ada?.reports.map((row) => [row.id, ids(row.reports)])).toEqual([
        [3, []],
        [2, [4]],
      ]);
    });

    test("are narrowed for each row: condition, order, limit and offset", async ({ db }) => {
      await fill(db);
      const rows = await db
        .from(people)
        .orderBy(people.id)
        .with({ posts: { orderBy: desc(posts.id), limit: 1, offset: 1, select: ["title"] } });
      expect(rows.map((row) => row.posts)).toEqual([[{ title: "two" }], [], [], []]);
      const one = await db
        .from(people)
        .with({ posts: { orderBy: desc(posts.id), limit: 1, offset: 1, select: ["title"] } })
        .find(1);
      expect(one?.posts).toEqual([{ title: "two" }]);
      const some = await db
        .from(people)
        .orderBy(people.id)
        .with({ posts: { where: gt(posts.price, "5.00"), orderBy: posts.id } });
      expect(some.map((row) => ids(row.posts))).toEqual([[2, 3], [], [], [5]]);
      const none = await db.from(people).with({ posts: { limit: 0 } });
      expect(none.map((row) => row.posts.length)).toEqual([0, 0, 0, 0]);
      const rest = await db
        .from(people)
        .orderBy(people.id)
        .with({ posts: { offset: 1 } });
      expect(rest.map((row) => ids(row.posts))).toEqual([[2, 3], [], [], []]);
    });

    test("never hide the row that they belong to", async ({ db }) => {
      await fill(db);
      const rows = await db
        .from(posts)
        .orderBy(posts.id)
        .with({
          editor: { where: eq(people.name, "Bob") },
          comments: { where: eq(comments.id, 4) },
        });
      expect(rows.map((row) => [row.id, row.editor?.name, ids(row.comments)])).toEqual([
        [1, undefined, []],
        [2, "Bob", [4]],
        [3, undefined, []],
        [4, undefined, []],
        [5, undefined, []],
      ]);
    });

    test("select columns and expressions, without the keys that they go by", async ({ db }) => {
      await fill(db);
      const [ada] = await db
        .from(people)
        .limit(1)
        .orderBy(people.id)
        .with({
          posts: {
            orderBy: posts.id,
            limit: 2,
            select: { title: posts.title, twice: sql<number>`${posts.id} * 2`.as(integer()) },
            with: { author: { select: ["name"] }, tags: { select: ["name"], orderBy: tags.id } },
          },
        });
      expect(ada?.posts).toEqual([
        {
          title: "one",
          twice: 2,
          author: { name: "Ada" },
          tags: [{ name: "red" }, { name: "green" }],
        },
        { title: "two", twice: 4, author: { name: "Ada" }, tags: [{ name: "green" }] },
      ]);
    });

    test("through other tables give each row once, narrowed by the table between", async ({
      db,
    }) => {
      await fill(db);
      const rows = await db
        .from(people)
        .orderBy(people.id)
        .with({ readers: { orderBy: people.id } });
      expect(rows.map((row) => ids(row.readers))).toEqual([[1, 2, 3], [], [], []]);
      const cut = await db
        .from(people)
        .orderBy(people.id)
        .with({ readers: { orderBy: desc(people.id), limit: 2 } });
      expect(cut.map((row) => ids(row.readers))).toEqual([[3, 2], [], [], []]);
      const tagged = await db
        .from(posts)
        .orderBy(posts.id)
        .with({ tags: { where: gt(postTags.weight, 2), orderBy: desc(postTags.weight) } });
      expect(tagged.map((row) => ids(row.tags))).toEqual([[2, 1], [], [], [], []]);
      const own = await db
        .from(posts)
        .with({ tagging: { select: ["weight"], orderBy: postTags.tagId, with: { tag: true } } })
        .find(1);
      expect(own?.tagging).toEqual([
        { weight: 3, tag: { id: 1, name: "red" } },
        { weight: 9, tag: { id: 2, name: "green" } },
      ]);
      const about = await db
        .from(comments)
        .with({ about: { select: ["name"] } })
        .find(5);
      expect(about).toEqual({
        id: 5,
        postId: 4,
        writerId: null,
        text: "w",
        about: { name: "Bob" },
      });
    });

    test("have conditions of their own, over either table", async ({ db }) => {
      await fill(db);
      const rows = await db
        .from(notes)
        .orderBy(notes.id)
        .with({ person: { select: ["name"] }, post: { select: ["title"] } });
      expect(rows.map(({ id: own, person, post: about }) => [own, person, about])).toEqual([
        [1, { name: "Ada" }, null],
        [2, null, { title: "one" }],
        [3, null, null],
        [4, null, null],
      ]);
      expect(rows[0]).toEqual({
        id: 1,
        subjectKind: "person",
        subjectId: 1,
        text: "p1",
        person: { name: "Ada" },
        post: null,
      });
      const [ada] = await db
        .from(people)
        .orderBy(people.id)
        .with({ notes: true, costly: { orderBy: posts.id, select: ["id"] } });
      expect([ada?.notes.map((row) => row.text), ada?.costly]).toEqual([
        ["p1"],
        [{ id: 2 }, { id: 3 }],
      ]);
    });

    test("go over keys of several columns, and over NULL", async ({ db }) => {
      await fill(db);
      const rows = await db
        .from(halls)
        .orderBy(halls.city, halls.number)
        .with({ seats: { orderBy: seats.id } });
      expect(rows.map((row) => ids(row.seats))).toEqual([[1, 4], [2], [3]]);
      const cut = await db
        .from(halls)
        .orderBy(halls.city, halls.number)
        .with({ seats: { orderBy: desc(seats.id), limit: 1 } });
      expect(cut.map((row) => ids(row.seats))).toEqual([[4], [2], [3]]);
      const back = await db.from(seats).orderBy(seats.id).with({ where: true });
      expect(back.map((row) => row.where)).toEqual([
        { city: "A", number: 1 },
        { city: "A", number: 2 },
        { city: "B", number: 1 },
        { city: "A", number: 1 },
        null,
        null,
      ]);
    });

    test("are those of an alias, of a transaction, of a stream and of no rows", async ({ db }) => {
      await fill(db);
      const bosses = alias(people, "bosses");
      const rows = await db
        .from(bosses)
        .where(eq(bosses.id, 1))
        .with({ reports: true, badge: true });
      expect(rows.map((row) => [row.name, ids(row.reports), row.badge?.code])).toEqual([
        ["Ada", [2, 3], "a"],
      ]);
      await db.transaction(async (tx) => {
        await tx.insert(tags).values({ id: 9, name: "new" });
        await tx.insert(postTags).values({ postId: 5, tagId: 9, weight: 1 });
        const inside = await tx.from(posts).with({ tags: true, comments: true }).find(5);
        expect([inside?.tags, inside?.comments]).toEqual([[{ id: 9, name: "new" }], []]);
      });
      const seen: unknown[] = [];
      for await (const row of db.from(people).orderBy(people.id).with({ badge: true }).stream())
        seen.push(row.badge?.code);
      expect(seen).toEqual(["a", undefined, "c", undefined]);
      const nobody = db.from(people).where(eq(people.id, 99)).with({ posts: true });
      expect([await nobody, await nobody.first(), await nobody.find(99)]).toEqual([
        [],
        undefined,
        undefined,
      ]);
      expect(await failureOf(nobody.one())).toMatchObject({ code: "E_NOT_FOUND" });
      expect(await db.from(people).with({ posts: true }).limit(2).count()).toBe(2);
    });

    test("are asked for: some, none, every, and how many", async ({ db }) => {
      await fill(db);
      const { people: of, posts: ofPosts, notes: ofNotes, halls: ofHalls } = schema.relations;
      const found = async (condition: Condition): Promise<number[]> =>
        ids(await db.from(people).where(condition).orderBy(people.id));
      expect(await found(some(of.posts))).toEqual([1, 2, 4]);
      expect(await found(none(of.posts))).toEqual([3]);
      expect(await found(some(of.posts, gt(posts.price, "15.00")))).toEqual([1]);
      expect(await found(none(of.posts, gt(posts.price, "15.00")))).toEqual([2, 3, 4]);
      expect(await found(every(of.posts, gt(posts.price, "5.00")))).toEqual([3, 4]);
      // NULL is not met.
      expect(await found(every(of.posts, gt(posts.editorId, 0)))).toEqual([2, 3, 4]);
      expect(await found(every(of.posts, and(undefined)))).toEqual([1, 2, 3, 4]);
      expect(await found(some(of.costly))).toEqual([1, 4]);
      expect(await found(some(of.readers, eq(people.name, "Cleo")))).toEqual([1]);
      expect(await found(some(of.notes))).toEqual([1]);
      expect(await found(some(of.reports))).toEqual([1, 2]);
      // Columns of a table that points at itself mean the related row.
      expect(await found(some(of.reports, eq(people.name, "Dan")))).toEqual([2]);
      expect(await found(some(of.reports, (report) => gt(people.id, report.id)))).toEqual([]);
      expect(await found(some(of.manager, (manager) => gt(people.id, manager.id)))).toEqual([
        2, 3, 4,
      ]);
      expect(
        await found(some(of.reports, (report) => some(of.reports.of(report), eq(people.id, 4)))),
      ).toEqual([1]);
      expect(await found(some(of.posts, some(ofPosts.tags, eq(tags.name, "red"))))).toEqual([1]);
      expect(await found(some(of.posts, some(ofPosts.editor, eq(people.name, "Bob"))))).toEqual([
        1,
      ]);
      const bosses = alias(people, "bosses");
      expect(
        ids(await db.from(bosses).where(some(of.reports.of(bosses), eq(people.id, 2)))),
      ).toEqual([1]);
      const about = await db
        .from(notes)
        .where(or(some(ofNotes.person), some(ofNotes.post)))
        .orderBy(notes.id);
      expect(ids(about)).toEqual([1, 2]);
      expect(
        await db
          .from(halls)
          .where(none(ofHalls.seats, eq(seats.id, 2)))
          .orderBy(halls.number),
      ).toEqual([
        { city: "A", number: 1 },
        { city: "B", number: 1 },
      ]);
      const counted = await db
        .select({
          id: people.id,
          posts: countOf(of.posts),
          costly: countOf(of.posts, gt(posts.price, "10.00")),
          readers: countOf(of.readers),
          reports: countOf(of.reports, ne(people.name, "Bob")),
        })
        .from(people)
        .orderBy(desc(countOf(of.posts)), people.id);
      expect(counted).toEqual([
        { id: 1, posts: 3, costly: 2, readers: 3, reports: 1 },
        { id: 2, posts: 1, costly: 0, readers: 0, reports: 1 },
        { id: 4, posts: 1, costly: 1, readers: 0, reports: 0 },
        { id: 3, posts: 0, costly: 0, readers: 0, reports: 0 },
      ]);
      const loaded = await db
        .from(people)
        .where(eq(people.id, 1))
        .with({
          posts: { select: { id: posts.id, tags: countOf(ofPosts.tags) }, orderBy: posts.id },
        });
      expect(loaded[0]?.posts).toEqual([
        { id: 1, tags: 2 },
        { id: 2, tags: 1 },
        { id: 3, tags: 0 },
      ]);
      // In writes, too.
      await db.delete(people).where(and(none(of.posts), none(of.reports), none(of.badge)));
      await db.update(posts).set({ title: "shown" }).where(some(ofPosts.tags));
      expect(await db.from(posts).where(eq(posts.title, "shown")).count()).toBe(2);
    });

    test("give values of the related row, or of all of them together", async ({ db }) => {
      await fill(db);
      const { people: of, posts: ofPosts } = schema.relations;
      const rows = await db
        .select({
          id: posts.id,
          author: related(ofPosts.author, (author) => author.name),
          editor: related(ofPosts.editor, (editor) => editor.name),
        })
        .from(posts)
        .orderBy(desc(related(ofPosts.author, (author) => author.name)), posts.id);
      expect(rows).toEqual([
        { id: 5, author: "Dan", editor: "Dan" },
        { id: 4, author: "Bob", editor: "Ada" },
        { id: 1, author: "Ada", editor: null },
        { id: 2, author: "Ada", editor: "Bob" },
        { id: 3, author: "Ada", editor: "Cleo" },
      ]);
      const totals = await db
        .select({
          total: related(of.posts, (row) => sum(row.price)),
          last: related(of.posts, (row) => max(row.at), gt(posts.price, "10.00")),
          manager: related(of.manager, (manager) => manager.name),
        })
        .from(people)
        .orderBy(people.id);
      expect(totals).toEqual([
        { total: "100000020.49", last: at, manager: null },
        { total: "0.01", last: null, manager: "Ada" },
        { total: null, last: null, manager: "Ada" },
        { total: "10.01", last: at, manager: "Bob" },
      ]);
      expect(await failureOf(() => related(of.posts, (row) => row.title))).toMatchObject({
        code: "E_UNGROUPED",
      });
    });

    test("are loaded to rows in hand", async ({ db }) => {
      await fill(db);
      const { notes: ofNotes, people: of, posts: ofPosts } = schema.relations;
      const rows = await db
        .select({ id: people.id, name: people.name })
        .from(people)
        .orderBy(people.id);
      const loaded = await db.load(rows, of.posts, {
        orderBy: desc(posts.id),
        limit: 2,
        select: ["id"],
        with: { tags: { select: ["name"] } },
      });
      expect(loaded).toEqual([
        {
          id: 1,
          name: "Ada",
          posts: [
            { id: 3, tags: [] },
            { id: 2, tags: [{ name: "green" }] },
          ],
        },
        { id: 2, name: "Bob", posts: [{ id: 4, tags: [] }] },
        { id: 3, name: "Cleo", posts: [] },
        { id: 4, name: "Dan", posts: [{ id: 5, tags: [] }] },
      ]);
      expect(rows[0]).toEqual({ id: 1, name: "Ada" });
      const edited = await db.load([{ editorId: 2 }, { editorId: null }], ofPosts.editor);
      expect(edited.map((row) => row.editor?.name)).toEqual(["Bob", undefined]);
      expect(await db.load([], ofPosts.editor)).toEqual([]);
      await db.transaction(async (tx) => {
        const [own] = await tx.load([{ id: 1 }], of.badge);
        expect(own).toEqual({ id: 1, badge: { personId: 1, code: "a" } });
      });
      for (const bad of [
        () => db.load([{ name: "Ada" }], of.posts),
        () => db.load(notesInHand, ofNotes.person),
        () => db.load([{ id: 1 }], of.posts, { limti: 1 } as never),
      ])
        expect(await failureOf(bad())).toMatchObject({ code: "E_INVALID_VALUE" });
    });

    test.needing(
      (can) => can.interleavedStreams,
      "are read with the bits of a stream in a transaction",
      async ({ db }) => {
        await fill(db);
        await db.transaction(async (tx) => {
          const seen: unknown[] = [];
          const query = tx
            .from(posts)
            .orderBy(posts.id)
            .with({ tags: { orderBy: tags.id } });
          for await (const row of query.stream({ batch: 2 })) seen.push([row.id, ids(row.tags)]);
          expect(seen).toEqual([
            [1, [1, 2]],
            [2, [2]],
            [3, []],
            [4, []],
            [5, []],
          ]);
        });
      },
    );

    test("make as many plans as they have shapes, whatever the number of rows", async ({ db }) => {
      const many = Array.from({ length: 120 }, (_, index) => ({ id: index + 1, name: "x" }));
      await db.insert(people).values(many);
      await db.from(people).with({ posts: { limit: 3 }, manager: true });
      for (const size of [70, 80, 90, 100]) await db.from(people).limit(size).with({ posts: true });
      const { plans } = db.stats();
      for (const size of [75, 85, 95, 105]) await db.from(people).limit(size).with({ posts: true });
      expect(db.stats().plans).toBe(plans);
    });

    test("tell their query, with the single rows that are joined to it", async ({ db }) => {
      const query = db.from(posts).with({ author: true, tags: true });
      expect(query.toSql().text.includes("with_author")).toBe(true);
      expect(typeof String(await query.explain())).toBe("string");
    });

    test("are refused where there are none, with those that there are", async ({ db }) => {
      const load = (given: unknown) => () => db.from(tags).with(given as never);
      expect(await failureOf(load({ postz: true }))).toMatchObject({
        code: "E_UNKNOWN_RELATION",
        hint: "It has posts.",
      });
      for (const options of [
        { limti: 1 },
        { limit: -1 },
        { limit: "1" },
        { select: ["nope"] },
        { select: [] },
        { orderBy: "id" },
        5,
      ])
        expect(await failureOf(load({ posts: options }))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
      expect(await failureOf(load({ posts: { with: { author: { limit: 1 } } } }))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
      expect(await failureOf(load({ posts: { with: { nope: true } } }))).toMatchObject({
        code: "E_UNKNOWN_RELATION",
      });
      expect(await failureOf(load(null))).toMatchObject({ code: "E_INVALID_VALUE" });
    });
  });
}
