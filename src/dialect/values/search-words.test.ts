import { expect, test } from "vitest";
import { searchEncoder, type SearchSpelling } from "./search-words.ts";

const spelling: SearchSpelling = {
  word: (word) => `<${word}>`,
  prefix: (word) => `<${word}>*`,
  separator: " ",
  nothing: "nothing",
};

const plain = searchEncoder(spelling, undefined);
const prefix = searchEncoder(spelling, "prefix");

test("keeps the words of a text, each once, and nothing else", () => {
  expect(plain("green tea")).toBe("<green> <tea>");
  expect(plain(`"tea" OR (tea* NEAR -me@x.org) <-> 'a\0b'`)).toBe(
    "<tea> <OR> <NEAR> <me> <x> <org> <a> <b>",
  );
  expect(plain("l’été हिन्दी 日本語 ２３ e\u0301")).toBe(
    "<l> <été> <हिन्दी> <日本語> <２３> <e\u0301>",
  );
});

test("finds nothing where there is no word, or one that is in no index", () => {
  for (const text of ["", " ", "*", "❤️ 🙂", "\ud800", "x".repeat(81), `tea ${"𝒳".repeat(81)}`]) {
    expect(plain(text)).toBe("nothing");
    expect(prefix(text)).toBe("nothing");
  }
  expect(plain("𝒳".repeat(80))).toBe(`<${"𝒳".repeat(80)}>`);
});

test("takes the last word alone for a beginning", () => {
  expect(prefix("te te te")).toBe("<te> <te>*");
  expect(prefix("te ")).toBe("<te>*");
});
