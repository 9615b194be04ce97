import { expect, test } from "vitest";
import { isNotNull } from "../query/expression.ts";
import { index, primaryKey, unique } from "./constraints.ts";
import { isIndexed } from "./indexed.ts";
import { infoOf, table } from "./table.ts";
import { integer, text } from "./types.ts";

const items = table(
  "items",
  {
    shelf: integer().primaryKey(),
    place: integer().primaryKey(),
    code: text().notNull().unique(),
    ownerId: integer(),
    name: text(),
    note: text(),
    tags: text(),
  },
  (t) => [
    primaryKey().on(t.place, t.shelf),
    index().on(t.ownerId, t.name),
    unique().on(t.name, t.note),
    index().on(t.note).where(isNotNull(t.note)),
    index().on(t.tags).using("gin"),
  ],
);

test("a column is indexed that an index of all rows goes by first", () => {
  const info = infoOf(items);
  const indexed = info.columns.filter((column) => isIndexed(info, column));
  expect(indexed.map(({ key }) => key)).toEqual(["place", "code", "ownerId", "name"]);
});
