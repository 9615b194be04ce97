import { expect, test } from "vitest";
import type { LogicalType } from "../../ast/logical-type.ts";
import { idsOf, userKeyOf } from "./ids.ts";

const uuid: LogicalType = { kind: "uuid" };
const text: LogicalType = { kind: "text", length: 3 };
const smallint: LogicalType = { kind: "integer", bits: 16 };
const integer: LogicalType = { kind: "integer", bits: 32 };
const bigint: LogicalType = { kind: "bigint", mode: "bigint" };
const safe: LogicalType = { kind: "bigint", mode: "number" };
const id = "0190f0a0-0000-7000-8000-000000000001";

test.each<[LogicalType, string, unknown]>([
  [uuid, id, id],
  [uuid, id.toUpperCase(), undefined],
  [uuid, "42", undefined],
  [text, "abc", "abc"],
  [text, "\u{1F600}\u{1F600}\u{1F600}", "\u{1F600}\u{1F600}\u{1F600}"],
  [text, "abcd", undefined],
  [text, "a\0", undefined],
  [smallint, "32767", 32_767],
  [smallint, "32768", undefined],
  [integer, "-2147483648", -2_147_483_648],
  [integer, "2147483648", undefined],
  [bigint, "9223372036854775807", 9_223_372_036_854_775_807n],
  [bigint, "9223372036854775808", undefined],
  [safe, "9007199254740991", 9_007_199_254_740_991],
  [safe, "9007199254740993", undefined],
])("a key of %o reads %s as %s", (type, userId, key) => {
  expect(userKeyOf(type, userId)).toBe(key);
});

// Two texts for one user would be two users to whoever compares them.
test.each(["042", "+42", "42.0", "4e1", " 42", "42 ", "0x2a", "-0", "", "x"])(
  "no number has the text %j",
  (userId) => {
    for (const type of [integer, bigint, safe]) expect(userKeyOf(type, userId)).toBeUndefined();
  },
);

test("ids are those of the column", () => {
  const ofText = idsOf({ kind: "text", length: 16 });
  const ofUuid = idsOf(uuid);
  expect([ofText.is(ofText.make()), ofUuid.is(ofUuid.make())]).toEqual([true, true]);
  expect([ofText.is(ofUuid.make()), ofUuid.is(ofText.make())]).toEqual([false, false]);
});
