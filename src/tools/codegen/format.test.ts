import { expect, test } from "vitest";
import {
  arrow,
  call,
  callOf,
  chained,
  code,
  list,
  object,
  options,
  quoted,
  template,
} from "./code.ts";
import { formatCode } from "./format.ts";

const long = "a".repeat(60);

test("what fits stands in one line", () => {
  const made = chained(call("varchar", options({ length: code("20") })), [callOf("notNull")]);
  expect(formatCode(made, "name: ", 1)).toBe("name: varchar({ length: 20 }).notNull()");
});

test("three calls with a function stand below one another", () => {
  const made = chained(call("uuid"), [
    callOf("notNull"),
    callOf("references", arrow("", code("users.id"))),
  ]);
  expect(formatCode(made)).toBe("uuid()\n  .notNull()\n  .references(() => users.id)");
});

test("the last argument opens where all of them are too long", () => {
  const made = call(
    "references",
    arrow("", code(`${long}.id`)),
    options({ onDelete: quoted("cascade"), name: quoted("x") }),
  );
  expect(formatCode(made)).toBe(
    `references(() => ${long}.id, {\n  onDelete: "cascade",\n  name: "x",\n})`,
  );
});

test("a table has a line for each column", () => {
  const columns = object(
    [
      { key: "id", value: call("integer") },
      { key: undefined, value: call("timestamps") },
    ],
    true,
  );
  expect(formatCode(call("table", quoted("t"), columns))).toBe(
    'table("t", {\n  id: integer(),\n  ...timestamps(),\n})',
  );
  const made = call("table", quoted("t"), columns, arrow("t", list([call("index")])));
  expect(formatCode(made)).toBe(
    'table(\n  "t",\n  {\n    id: integer(),\n    ...timestamps(),\n  },\n  (t) => [index()],\n)',
  );
});

test("templates of several lines stay as they are", () => {
  expect(formatCode(call("view", template("sql`a\n  b`")))).toBe("view(sql`a\n  b`)");
});
