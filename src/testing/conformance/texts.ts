import {
  contains,
  endsWith,
  eq,
  gt,
  ilike,
  inArray,
  like,
  lower,
  max,
  min,
  notIlike,
  notLike,
  startsWith,
  upper,
} from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import { table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const words = table("words", {
  id: integer().primaryKey(),
  word: text(),
  key: varchar({ length: 30 }).unique(),
  pattern: text(),
});

const found = [
  "Apple",
  "apple",
  "É",
  "é",
  "e",
  "100%",
  "100x",
  "a_b",
  "axb",
  "a\\b",
  "line\nbreak",
  "*",
  "?",
  "[ab]",
  "жЖ",
  "",
  "😀!",
  "a.b+",
  "end\\",
];

/** What text means: its order, its equality, its patterns. */
export function textCases({ expect, group }: Kit): void {
  group("text", { words }, (test) => {
    test("is ordered and compared by code point", async ({ db }) => {
      const sorted = [
        "",
        " ",
        "10",
        "9",
        "B",
        "Ba",
        "a",
        "a ",
        "a-b",
        "aB",
        "ab",
        "b",
        "é",
        "ж",
        "\ufb00",
        "\uffee",
        "😀",
        "😀a",
      ];
      const shuffled = sorted.toSorted(
        (a, b) => ((a.length * 7 + b.length * 3 + a.charCodeAt(0)) % 5) - 2,
      );
      await db.insert(words).values(shuffled.map((word, id) => ({ id, word, key: word })));
      const ascending = await db.select({ word: words.word }).from(words).orderBy(asc(words.word));
      expect(ascending.map((row) => row.word)).toEqual(sorted);
      const descending = await db.select({ key: words.key }).from(words).orderBy(desc(words.key));
      expect(descending.map((row) => row.key)).toEqual(sorted.toReversed());
      const after = await db
        .select({ word: words.word })
        .from(words)
        .where(gt(words.word, "a"))
        .orderBy(words.word);
      expect(after.map((row) => row.word)).toEqual(sorted.slice(7));
      const extremes = await db.select({ low: min(words.word), high: max(words.key) }).from(words);
      expect(extremes).toEqual([{ low: "", high: "😀a" }]);
    });

    test("is equal only to itself, also as a unique key", async ({ db }) => {
      const distinct = [
        "a",
        "A",
        "a ",
        " a",
        "á",
        "e\u0301",
        "é",
        "ss",
        "ß",
        "\u00a0",
        "",
        "0",
        "00",
        "𝒂",
      ];
      await db.insert(words).values(distinct.map((word, id) => ({ id, word, key: word })));
      for (const [id, word] of distinct.entries()) {
        for (const column of [words.word, words.key]) {
          expect(await db.select({ id: words.id }).from(words).where(eq(column, word))).toEqual([
            { id },
          ]);
          expect(
            await db
              .select({ id: words.id })
              .from(words)
              .where(inArray(column, [word, "none"])),
          ).toEqual([{ id }]);
        }
      }
      expect(await failureOf(db.insert(words).values({ id: 99, key: "a" }))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
      expect((await db.select({ word: words.word }).from(words).distinct()).length).toBe(
        distinct.length,
      );
      const groups = await db.select({ key: words.key }).from(words).groupBy(words.key);
      expect(groups.length).toBe(distinct.length);
    });

    test("matches patterns", async ({ db }) => {
      await db.insert(words).values(found.map((word, id) => ({ id, word })));
      const match = async (condition: ReturnType<typeof like>): Promise<(string | null)[]> =>
        (await db.from(words).where(condition).orderBy(words.id)).map((row) => row.word);
      const cases = [
        [like(words.word, "apple"), ["apple"]],
        [like(words.word, "Appl_"), ["Apple"]],
        [like(words.word, "_pple"), ["Apple", "apple"]],
        [like(words.word, "é"), ["é"]],
        [like(words.word, "_"), ["É", "é", "e", "*", "?"]],
        [like(words.word, "_!"), ["😀!"]],
        [like(words.word, "100%"), ["100%", "100x"]],
        [like(words.word, String.raw`100\%`), ["100%"]],
        [like(words.word, String.raw`a\_b`), ["a_b"]],
        [like(words.word, String.raw`a\\b`), ["a\\b"]],
        [like(words.word, "a_b"), ["a_b", "axb", "a\\b"]],
        [like(words.word, "line%break"), ["line\nbreak"]],
        [like(words.word, "line_break"), ["line\nbreak"]],
        [like(words.word, "*"), ["*"]],
        [like(words.word, "?"), ["?"]],
        [like(words.word, "[ab]"), ["[ab]"]],
        [like(words.word, "a.b+"), ["a.b+"]],
        [like(words.word, ""), [""]],
        [ilike(words.word, "APPLE"), ["Apple", "apple"]],
        [ilike(words.word, "é"), ["É", "é"]],
        [ilike(words.word, "É"), ["É", "é"]],
        [ilike(words.word, "e"), ["e"]],
        [ilike(words.word, "ЖЖ"), ["жЖ"]],
        [ilike(words.word, "%É%"), ["É", "é"]],
        [ilike(words.word, String.raw`A\_B`), ["a_b"]],
        [ilike(words.word, String.raw`A\\B`), ["a\\b"]],
        [ilike(words.word, "[AB]"), ["[ab]"]],
        [like(words.word, "end\\"), ["end\\"]],
        [ilike(words.word, "END\\"), ["end\\"]],
        [ilike(words.word, "É\\"), []],
        [ilike(words.word, "LINE%BREAK"), ["line\nbreak"]],
        [contains(words.word, "%"), ["100%"]],
        [contains(words.word, "_"), ["a_b"]],
        [contains(words.word, "\\"), ["a\\b", "end\\"]],
        [contains(words.word, "*"), ["*"]],
        [startsWith(words.word, "a"), ["apple", "a_b", "axb", "a\\b", "a.b+"]],
        [startsWith(words.word, "[a"), ["[ab]"]],
        [endsWith(words.word, "b"), ["a_b", "axb", "a\\b"]],
        [endsWith(words.word, "%"), ["100%"]],
        [endsWith(words.word, "\\b"), ["a\\b"]],
      ] as const;
      for (const [at, [condition, expected]] of cases.entries())
        expect(await match(condition), `pattern ${at}`).toEqual(expected);
    });

    test("that is NULL matches neither a pattern nor its opposite", async ({ db }) => {
      await db.insert(words).values([
        { id: 1, word: null },
        { id: 2, word: "Éa" },
        { id: 3, word: "b" },
      ]);
      const ids = async (condition: ReturnType<typeof like>): Promise<number[]> =>
        (await db.from(words).where(condition).orderBy(words.id)).map((row) => row.id);
      expect(await ids(notLike(words.word, "%a"))).toEqual([3]);
      expect(await ids(notLike(words.word, "%A"))).toEqual([2, 3]);
      expect(await ids(notIlike(words.word, "éA"))).toEqual([3]);
      expect(await ids(notIlike(words.word, "B"))).toEqual([2]);
    });

    test("matches a pattern that is a column", async ({ db }) => {
      await db.insert(words).values([
        { id: 1, word: "Apple", pattern: "App%" },
        { id: 2, word: "Apple", pattern: "app%" },
        { id: 3, word: "É_", pattern: String.raw`é\_` },
        { id: 4, word: "x", pattern: null },
      ]);
      const ids = async (condition: ReturnType<typeof like>): Promise<number[]> =>
        (await db.from(words).where(condition).orderBy(words.id)).map((row) => row.id);
      expect(await ids(like(words.word, words.pattern))).toEqual([1]);
      expect(await ids(ilike(words.word, words.pattern))).toEqual([1, 2, 3]);
      expect(await ids(notLike(words.word, words.pattern))).toEqual([2, 3]);
    });

    test("folds letters beyond ASCII", async ({ db }) => {
      await db.insert(words).values({ id: 1, word: "ÀÉж Straße" });
      const folded = db.select({ low: lower(words.word), high: upper(words.pattern) }).from(words);
      expect(await folded).toEqual([{ low: "àéж straße", high: null }]);
    });

    test("refuses a pattern that is no text", async ({ db }) => {
      for (const pattern of [{}, ["a"], 1, true, "\0", "\ud800"] as never[]) {
        const failure = await failureOf(() => db.from(words).where(like(words.word, pattern)));
        expect((failure as { code: string }).code).toBe("E_INVALID_VALUE");
      }
      for (const pattern of [undefined, null] as never[])
        expect(await failureOf(() => ilike(words.word, pattern))).toMatchObject({
          code: "E_INVALID_VALUE",
        });
    });
  });
}
