import { expect, test } from "vitest";
import { cut, safe, widthOf } from "./width.ts";

test("counts the columns that a terminal needs", () => {
  expect(
    ["abc", "", "héllo", "e\u0301", "日本", "한글", "👩‍👩‍👧", "🇨🇭", "❤️", "ａ", "\u200b"].map(widthOf),
  ).toEqual([3, 0, 5, 1, 4, 4, 2, 2, 2, 2, 0]);
});

test("cuts between characters, and tells that it did", () => {
  expect(cut("abcdef", 6)).toBe("abcdef");
  expect(cut("abcdef", 5)).toBe("abcd…");
  expect(cut("日本語", 5)).toBe("日本…");
  expect(cut("日本語", 4)).toBe("日…");
  expect(cut("a👩‍👩‍👧b", 3)).toBe("a…");
});

test("writes out what would harm a terminal", () => {
  expect(safe("a\nb\tc\r")).toBe(String.raw`a\nb\tc\r`);
  expect(safe("\u001b[31mred\u0007\u009b")).toBe(String.raw`\u001b[31mred\u0007\u009b`);
  expect(safe("a\u202eb\u2066c\ufeff")).toBe(String.raw`a\u202eb\u2066c\ufeff`);
  expect(safe("\ud800x\u{e0001}")).toBe(String.raw`\ud800x\u{e0001}`);
  expect(safe("👩‍👧 é 日本")).toBe("👩‍👧 é 日本");
});
