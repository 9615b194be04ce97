import { eq } from "../../query/expression.ts";
import { asc, desc } from "../../query/order.ts";
import {
  concat,
  length,
  replace,
  stringAgg,
  substring,
  trim,
} from "../../query/functions/texts.ts";
import { filter, over } from "../../query/functions/window.ts";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const figures = table("figures", {
  id: integer().primaryKey(),
  n: integer(),
  m: integer(),
  word: text(),
  second: text(),
});

/** Functions of texts, with one meaning each. */
export function computedTextCases({ expect, group }: Kit): void {
  group("computed texts", { figures }, (test) => {
    test("put texts together, cut, trim, count and replace by code points", async ({ db }) => {
      await db.insert(figures).values([
        { id: 1, word: " Ünï😀x ", second: "%" },
        { id: 2, word: "", second: "aAa" },
        { id: 3, word: null, second: "\ttab\u00A0" },
      ]);
      const rows = await db
        .select({
          both: concat(figures.word, "|", figures.second),
          one: concat(figures.second),
          length: length(figures.word),
          trimmed: trim(figures.word),
          kept: trim(figures.second),
          part: substring(figures.word, 2, 4),
          rest: substring(figures.word, 5),
          none: substring(figures.word, 50, 1),
          empty: substring(figures.second, 1, 0),
          replaced: replace(figures.second, "a", "bb"),
          same: replace(figures.second, "", "x"),
        })
        .from(figures)
        .orderBy(figures.id);
      expect(rows).toEqual([
        {
          both: " Ünï😀x |%",
          one: "%",
          length: 7,
          trimmed: "Ünï😀x",
          kept: "%",
          part: "Ünï😀",
          rest: "😀x ",
          none: "",
          empty: "",
          replaced: "%",
          same: "%",
        },
        {
          both: "|aAa",
          one: "aAa",
          length: 0,
          trimmed: "",
          kept: "aAa",
          part: "",
          rest: "",
          none: "",
          empty: "",
          replaced: "bbAbb",
          same: "aAa",
        },
        {
          both: null,
          one: "\ttab\u00A0",
          length: null,
          trimmed: null,
          kept: "\ttab\u00A0",
          part: null,
          rest: null,
          none: null,
          empty: "",
          replaced: "\ttbbb\u00A0",
          same: "\ttab\u00A0",
        },
      ]);
      // What is computed compares by code point, as columns do.
      expect(
        await db
          .from(figures)
          .where(eq(concat(figures.second, "x"), "AAAx"))
          .count(),
      ).toBe(0);
      expect(
        await db
          .from(figures)
          .where(eq(trim(figures.word), ""))
          .count(),
      ).toBe(1);
      const number = async () => concat(figures.n as never, "x");
      expect(await failureOf(number)).toMatchObject({ code: "E_INVALID_VALUE" });
      for (const [start, size] of [
        [0, 1],
        [-1, 1],
        [1.5, 1],
        [1, -1],
      ] as const) {
        const part = async () => substring(figures.word, start, size);
        expect(await failureOf(part)).toMatchObject({ code: "E_INVALID_VALUE" });
      }
    });

    test("put the texts of rows together, in an order and apart", async ({ db }) => {
      const long = "x".repeat(3_000);
      await db.insert(figures).values([
        { id: 1, n: 1, word: "b", m: 2 },
        { id: 2, n: 1, word: null, m: 1 },
        { id: 3, n: 1, word: "a", m: null },
        { id: 4, n: 2, word: null },
        { id: 5, n: 3, word: "it's %s \\ 😀" },
        { id: 6, n: 3, word: long },
      ]);
      const rows = await db
        .select({
          n: figures.n,
          up: stringAgg(figures.word, ", ", { orderBy: figures.word }),
          byOther: stringAgg(figures.word, "", {
            orderBy: [desc(figures.m).nullsFirst(), asc(figures.id)],
          }),
          down: stringAgg(figures.word, "'é\\", { orderBy: desc(figures.id) }),
          some: filter(
            stringAgg(figures.word, "-", { orderBy: figures.id }),
            eq(figures.word, "b"),
          ),
          made: stringAgg(concat(figures.word, "!"), " ", { orderBy: figures.word }),
        })
        .from(figures)
        .groupBy(figures.n)
        .orderBy(figures.n);
      expect(rows).toEqual([
        { n: 1, up: "a, b", byOther: "ab", down: "a'é\\b", some: "b", made: "a! b!" },
        { n: 2, up: null, byOther: null, down: null, some: null, made: null },
        {
          n: 3,
          up: `it's %s \\ 😀, ${long}`,
          byOther: `it's %s \\ 😀${long}`,
          down: `${long}'é\\it's %s \\ 😀`,
          some: null,
          made: `it's %s \\ 😀! ${long}!`,
        },
      ]);
      const windowed = async () => over(stringAgg(figures.word, ","), {});
      expect(await failureOf(windowed)).toMatchObject({ code: "E_INVALID_VALUE" });
    });
  });
}
