// The comparison by which `ilike` sifts rows before it looks at them closely: it must let all pass that may be the same.
import { createTables, defineSchema, eq, ilike, integer, lower, sql, table, varchar } from "plinth";
import { describe, expect, test } from "vitest";
import { mariadb } from "../../../src/databases/mysql/mariadb.ts";
import { connected, mariadbServers } from "./connected.ts";

/** All that has a case by the rules of JavaScript, whose version of Unicode may be another one. */
const LETTERS = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
  .map((code) => String.fromCodePoint(code))
  .filter((letter) => letter.toLowerCase() !== letter || letter.toUpperCase() !== letter);

const letters = table("letters", {
  id: integer().primaryKey(),
  letter: varchar({ length: 4 }).notNull(),
});

describe.each(mariadbServers)("the letters of ilike", (server) => {
  test("are let pass by what sifts, each as itself and as its small one", async () => {
    await using own = await connected(server);
    const { db } = own;
    await createTables(db, defineSchema({ letters }));
    await db.insert(letters).values(LETTERS.map((letter, id) => ({ id, letter })));
    const { folding, sifting, siftingAscii } = mariadb;
    const small = `lower(letter collate ${folding})`;
    const missed = await own.aside(
      `select letter from letters where not (letter collate ${sifting} like ${small} collate ${sifting})
        or not (${small} collate ${sifting} like letter collate ${sifting})`,
    );
    const missedOfAscii = await own.aside(
      `select letter from letters where ${small} in ('${"abcdefghijlmnopqrstuvwxyz".split("").join("', '")}')
        and not (letter collate ${siftingAscii} like ${small} collate ${siftingAscii}
          and letter collate ${siftingAscii} like upper(${small}) collate ${siftingAscii})`,
    );

    expect(LETTERS.length).toBeGreaterThan(2_500);
    expect(missed).toEqual([]);
    expect(missedOfAscii).toEqual([]);
  });

  test("are found in each other's case, and no others are", async () => {
    await using own = await connected(server);
    const { db } = own;
    await createTables(db, defineSchema({ letters }));
    const some = [
      "Ş",
      "ş",
      "s",
      "ß",
      "ss",
      "ẞ",
      "Ω",
      "Ω",
      "ω",
      "Ꭰ",
      "ꭰ",
      "𐐀",
      "𐐨",
      "K",
      "K",
      "k",
      "İ",
      "I",
      "i",
      "e\u0301",
    ];
    await db.insert(letters).values(some.map((letter, id) => ({ id, letter })));

    for (const letter of [...some, "é"]) {
      const sifted = await db.from(letters).where(ilike(letters.letter, letter));
      const exact = await db.from(letters).where(eq(lower(letters.letter), lower(sql`${letter}`)));
      expect(sifted).toEqual(exact);
    }
    const all = await db.from(letters).where(ilike(letters.letter, "%"));
    expect(all).toHaveLength(some.length);
  });
});
