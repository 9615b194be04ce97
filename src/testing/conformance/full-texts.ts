import { eq, not, or } from "../../query/expression.ts";
import { match, matchRank } from "../../query/functions/match.ts";
import { asc, desc } from "../../query/order.ts";
import { exists } from "../../query/expression.ts";
import { createTables } from "../../migrate/create-tables.ts";
import { fullTextIndex } from "../../schema/full-text.ts";
import { index } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { alias, table } from "../../schema/table.ts";
import { integer, text, uuid, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const authors = table("authors", {
  id: integer().primaryKey(),
  name: text().notNull(),
});

const posts = table(
  "posts",
  {
    id: integer().primaryKey(),
    authorId: integer().references(() => authors.id),
    title: varchar({ length: 200 }),
    postBody: text("the \"bo`dy'"),
    note: text().caseInsensitive(),
  },
  (t) => [
    fullTextIndex().on(t.title, t.postBody),
    fullTextIndex("notes' \"words`").on(t.note),
    index().on(t.title),
  ],
);

/** Keyed by no number, as most tables are. */
const pages = table(
  "pages",
  { id: uuid().primaryKey(), rowid: integer(), body: text().notNull() },
  (t) => [fullTextIndex().on(t.body)],
);

const words = [posts.title, posts.postBody] as const;

const FIRST = "0198c0de-0000-7000-8000-000000000001";
const SECOND = "0198c0de-0000-7000-8000-000000000002";

const HOSTILE = [
  `"`,
  `'`,
  "*",
  "-",
  "+",
  "+-*",
  "()",
  "(((",
  "@@",
  "~",
  ":*",
  "\\",
  "\0",
  "🙂",
  "\ud800",
  "",
  "   ",
  "^",
  "{}",
  "--",
  "/*",
  "?",
  "$",
  "%_",
  "<->",
  "!&|",
  "❤️",
];

/** The words of texts. */
export function fullTextCases({ expect, group }: Kit): void {
  group("full-text search", { authors, posts, pages }, (test) => {
    const rows = [
      { id: 1, title: "Green tea", postBody: "A cup of TEA, to be had at 5." },
      { id: 2, title: "Coffee", postBody: null, note: "Éclair and CAKE" },
      {
        id: 3,
        title: null,
        postBody: "well-known snake_case; mail me@example.org: l’été à Zürich",
      },
      { id: 4, title: "日本 语", postBody: "teapot 1.5 and 007" },
      { id: 5, title: null, postBody: null },
    ];

    type Db = Parameters<Parameters<typeof test>[1]>[0]["db"];

    async function ids(db: Db, text: string, options: { prefix?: boolean } = {}) {
      const found = await db
        .select({ id: posts.id })
        .from(posts)
        .where(match(words, text, options))
        .orderBy(asc(posts.id));
      return found.map(({ id }) => id);
    }

    test("finds rows in which every word occurs, in any of the columns", async ({ db }) => {
      await db.insert(posts).values(rows);
      for (const [text, expected] of [
        ["tea", [1]],
        ["TEA Green", [1]],
        ["cup green", [1]],
        ["green coffee", []],
        ["te", []],
        ["a", [1]],
        ["to be", [1]],
        ["snake", [3]],
        ["snake_case", [3]],
        ["well known", [3]],
        ["me@example.org", [3]],
        ["ÉTÉ", [3]],
        ["ete", []],
        ["zürich", [3]],
        ["zurich", []],
        ["日本", [4]],
        ["1.5", [4]],
        ["5", [1, 4]],
        ["007", [4]],
        ["7", []],
        ["tea tea tea", [1]],
      ] as const)
        expect(await ids(db, text), text).toEqual(expected);
    });

    test("takes the last word for a beginning where it is asked to", async ({ db }) => {
      await db.insert(posts).values(rows);
      expect(await ids(db, "te", { prefix: true })).toEqual([1, 4]);
      expect(await ids(db, "a te", { prefix: true })).toEqual([1]);
      expect(await ids(db, "gre te", { prefix: true })).toEqual([]);
      expect(await ids(db, "te*")).toEqual([]);
      expect(await ids(db, "", { prefix: true })).toEqual([]);
    });

    test("knows no operators, whatever is asked for", async ({ db }) => {
      await db.insert(posts).values(rows);
      for (const text of HOSTILE) {
        expect(await ids(db, text), JSON.stringify(text)).toEqual([]);
        expect(await ids(db, `${text}tea${text}`), JSON.stringify(text)).toEqual([1]);
        expect(await ids(db, `tea ${text} cup`, { prefix: true })).toEqual([1]);
      }
      for (const text of ["tea NOT green", "tea OR coffee", "tea AND green", "NEAR(tea cup)"])
        expect(await ids(db, text), text).toEqual([]);
      expect(await ids(db, "title: green")).toEqual([]);
      expect(await ids(db, "tea -green")).toEqual([1]);
      expect(await ids(db, `x' or 1=1 --`)).toEqual([]);
    });

    test("takes any number of words, and words of any length", async ({ db }) => {
      await db.insert(posts).values(rows);
      const many = Array.from({ length: 10_000 }, (_, at) => `w${at}`).join(" ");
      expect(await ids(db, many)).toEqual([]);
      expect(await ids(db, "tea ".repeat(10_000))).toEqual([1]);
      expect(await ids(db, "x".repeat(100_000))).toEqual([]);
      const some = many.slice(0, 4_000);
      await db.insert(posts).values({ id: 6, title: "y".repeat(80), postBody: `${some} last` });
      expect(await ids(db, "y".repeat(80))).toEqual([6]);
      expect(await ids(db, `last ${some}`)).toEqual([6]);
    });

    test("is a condition like others: negated, joined, in subqueries and by aliases", async ({
      db,
    }) => {
      await db.insert(authors).values([
        { id: 1, name: "Ada" },
        { id: 2, name: "Bo" },
      ]);
      await db
        .insert(posts)
        .values(rows.map((row) => ({ ...row, authorId: row.id === 1 ? 1 : null })));
      const other = await db
        .select({ id: posts.id })
        .from(posts)
        .where(not(match(words, "tea")))
        .orderBy(asc(posts.id));
      expect(other.map(({ id }) => id)).toEqual([2, 3, 4, 5]);
      const either = db
        .from(posts)
        .where(or(match(words, "tea"), match(posts.note, "cake éclair")))
        .orderBy(asc(posts.id));
      expect((await either).map(({ id }) => id)).toEqual([1, 2]);
      const p = alias(posts, "p");
      const joined = db
        .select({ name: authors.name, found: match([p.postBody, p.title], "tea") })
        .from(authors)
        .leftJoin(p, eq(p.authorId, authors.id))
        .orderBy(asc(authors.id));
      expect(await joined).toEqual([
        { name: "Ada", found: true },
        { name: "Bo", found: false },
      ]);
      const writing = db
        .select({ name: authors.name })
        .from(authors)
        .where(
          exists(db.from(posts).where(eq(posts.authorId, authors.id)).where(match(words, "tea"))),
        );
      expect(await writing).toEqual([{ name: "Ada" }]);
      const inner = db
        .select({ id: p.id })
        .from(p)
        .where(match([p.title, p.postBody], "tea"));
      expect(await db.from(posts).where(match(words, "tea")).count()).toBe(1);
      const within = inner.as("found");
      expect(await db.select({ id: within.id }).from(within)).toEqual([{ id: 1 }]);
    });

    test("orders by how well rows fit", async ({ db }) => {
      await db.insert(posts).values([
        { id: 1, title: "tea", postBody: "and much else that has little to do with it" },
        { id: 2, title: "tea", postBody: "tea tea tea" },
        { id: 3, title: "coffee" },
        { id: 4, title: "cocoa" },
        { id: 5, title: "milk" },
      ]);
      const rank = matchRank(words, "tea");
      const found = await db
        .select({ id: posts.id, rank })
        .from(posts)
        .where(match(words, "tea"))
        .orderBy(desc(rank), asc(posts.id));
      expect(found.map(({ id }) => id)).toEqual([2, 1]);
      expect(found.every((row) => typeof row.rank === "number" && row.rank > 0)).toBe(true);
      const none = await db
        .select({ rank: matchRank(words, "?") })
        .from(posts)
        .where(eq(posts.id, 1));
      expect(none).toEqual([{ rank: 0 }]);
    });

    test("knows what was written, whichever way", async ({ db }) => {
      await db.insert(posts).values(rows);
      await db.update(posts).set({ title: "Black" }).where(match(words, "green"));
      expect(await ids(db, "green")).toEqual([]);
      expect(await ids(db, "black tea")).toEqual([1]);
      await db.update(posts).set({ note: "x" }).where(eq(posts.id, 1));
      expect(await ids(db, "black")).toEqual([1]);
      await db.update(posts).set({ id: 10 }).where(eq(posts.id, 1));
      expect(await ids(db, "black")).toEqual([10]);
      await db
        .insert(posts)
        .values({ id: 2, title: "Mocha" })
        .onConflict(posts.id)
        .update(["title"]);
      expect(await ids(db, "mocha")).toEqual([2]);
      expect(await ids(db, "coffee")).toEqual([]);
      await db.delete(posts).where(match(words, "mocha"));
      expect(await ids(db, "mocha")).toEqual([]);
      await db.insert(posts).values({ id: 2, title: "Latte" });
      expect(await ids(db, "mocha")).toEqual([]);
      expect(await ids(db, "latte")).toEqual([2]);
    });

    test("finds rows of tables that are keyed by no number", async ({ db }) => {
      await db.insert(pages).values([
        { id: FIRST, body: "one", rowid: 3 },
        { id: SECOND, body: "two", rowid: 3 },
      ]);
      const [found] = await db.from(pages).where(match(pages.body, "two"));
      expect(found).toEqual({ id: SECOND, body: "two", rowid: 3 });
    });

    test("needs a full-text index of the columns, and says so before anything is sent", async () => {
      for (const search of [
        () => match(posts.title, "tea"),
        () => match([posts.note, posts.title] as never, "tea"),
        () => match(authors.name, "tea"),
        () => match([] as never, "tea"),
        () => matchRank([posts.title, authors.name] as never, "tea"),
      ])
        expect(await failureOf(search)).toMatchObject({ code: "E_SCHEMA" });
      expect(await failureOf(() => match(words, 5 as never))).toMatchObject({
        code: "E_INVALID_VALUE",
      });
    });

    const spoken = table("spoken", { id: integer().primaryKey(), body: text() }, (t) => [
      fullTextIndex({ language: "english" }).on(t.body),
    ]);

    test.needing(
      (can) => can.fullTextLanguages,
      "knows the forms of a language's words, or refuses to",
      async ({ db }) => {
        await createTables(db, defineSchema({ spoken }));
        await db.insert(spoken).values({ id: 1, body: "They were running home" });
        expect(await db.from(spoken).where(match(spoken.body, "runs")).count()).toBe(1);
        expect(await db.from(spoken).where(match(spoken.body, "walks")).count()).toBe(0);
      },
    );
  });
}
