import { expect, test } from "vitest";
import { comment } from "../../schema/comment.ts";
import { index } from "../../schema/constraints.ts";
import { defineSchema } from "../../schema/schema.ts";
import { infoOf, table } from "../../schema/table.ts";
import { enumType, integer, text } from "../../schema/types.ts";
import { coalesce, count } from "../expression.ts";
import { sql } from "../sql.ts";
import { materializedView, view } from "./view.ts";

const mood = enumType("mood", ["good", "bad"]);
const users = table("users", { id: integer().primaryKey(), name: text(), mood: mood() });

test.each<[string, () => unknown]>([
  ["a name that is empty", () => view("").as((q) => q.from(users))],
  ["no query", () => view("v").as((() => undefined) as never)],
  [
    "an object of columns",
    () => view("v").as((q) => q.select({ all: users }).from(users) as never),
  ],
  ["a column of no known type", () => view("v").as((q) => q.select({ n: sql`1` }).from(users))],
  [
    "a computed enum",
    () => view("v").as((q) => q.select({ mood: coalesce(users.mood, "good") }).from(users)),
  ],
  ["a lock", () => view("v").as((q) => q.from(users).forUpdate())],
  ["no columns", () => view("v", {}).existing()],
  ["columns without SQL", () => view("v", { id: integer() }).as("select 1" as never)],
  [
    "an index on what keeps no rows",
    () =>
      infoOf(view("v").as((q) => q.from(users), ((t: typeof users) => [index().on(t.id)]) as never))
        .extras,
  ],
  [
    "a table of the same name",
    () => defineSchema({ users, other: view("users").as((q) => q.from(users)) }),
  ],
])("%s is refused", (_, declare) => {
  expect(declare).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
});

test("groups of a view's query are checked where it is declared", () => {
  expect(() => view("v").as((q) => q.select({ id: users.id, n: count() }).from(users))).toThrow(
    expect.objectContaining({ code: "E_UNGROUPED" }),
  );
});

test("the query of a view doesn't run", async () => {
  let failure: Promise<unknown> | undefined;
  view("v").as((q) => {
    failure = q.from(users).first();
    failure.catch(() => {});
    return q.from(users);
  });
  await expect(failure).rejects.toMatchObject({ code: "E_UNFINISHED" });
});

test("a schema tells its views from its tables", () => {
  const names = view("names").as((q) => q.select({ name: users.name }).from(users));
  const kept = materializedView("kept").as(
    (q) => q.from(names),
    (t) => [index().on(t.name), comment("Kept.")],
  );
  const schema = defineSchema({ users, names, kept });
  expect(Object.keys(schema.tables)).toEqual(["users"]);
  expect(Object.keys(schema.views)).toEqual(["names", "kept"]);
  expect(infoOf(kept).extras).toHaveLength(2);
});
