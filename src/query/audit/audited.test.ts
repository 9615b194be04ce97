import { expect, test } from "vitest";
import { table } from "../../schema/table.ts";
import { integer, text } from "../../schema/types.ts";
import { audited } from "./audited.ts";

test("a trail tells of an encrypted column that it has changed, and never its value", () => {
  const people = table("people", {
    id: integer().primaryKey(),
    note: text().encrypted(),
    ward: text().encrypted({ deterministic: true }),
  });
  const own = audited(people);
  expect(own.wholeRow({ id: 1, note: "canary", ward: null })).toEqual({
    id: 1,
    note: "***",
    ward: null,
  });
  expect(own.changesOf({ id: 1, note: "a", ward: "x" }, { id: 1, note: "b", ward: "x" })).toEqual([
    { note: "***" },
    { note: "***" },
  ]);
});
