import { expect, test } from "vitest";
import { customType } from "./custom-type.ts";
import { array } from "./array.ts";
import { table } from "./table.ts";

const codec = { encode: String, decode: String };
const refused = expect.objectContaining({ code: "E_SCHEMA" });

test("is a type of its own with each declaration, and plain data", () => {
  const one = customType({ name: "a", postgres: { type: "point" }, ...codec });
  const other = customType({ name: "a", postgres: { type: "point" }, ...codec });
  expect(one("x").spec.type).toBe(one().spec.type);
  expect(one().spec.type).not.toBe(other().spec.type);
  expect(JSON.parse(JSON.stringify(one().spec.type))).toEqual({
    kind: "custom",
    name: "a",
    databases: { postgres: { type: "point" } },
  });
});

test("refuses SQL without one place for the value, and a type without a database", () => {
  for (const write of ["f()", "f($value, $value)", ""])
    expect(() => customType({ name: "a", mysql: { type: "point", write }, ...codec })).toThrow(
      refused,
    );
  expect(() => customType({ name: "a", ...codec })).toThrow(refused);
  expect(() => customType({ name: "", sqlite: { type: "text" }, ...codec })).toThrow(refused);
  expect(() => customType({ name: "a", sqlite: { type: " " }, ...codec })).toThrow(refused);
});

test("has its default as SQL, and is no element of an array", () => {
  const own = customType({ name: "a", sqlite: { type: "text" }, ...codec });
  expect(() => table("one", { id: own().default("x") })).toThrow(refused);
  expect(() => array(own())).toThrow(refused);
});
