import { expect, test } from "vitest";
import { pluralOf, singularOf } from "./plural.ts";

test.each([
  ["user", "users"],
  ["invoiceLine", "invoiceLines"],
  ["category", "categories"],
  ["day", "days"],
  ["address", "addresses"],
  ["box", "boxes"],
  ["status", "statuses"],
  ["branch", "branches"],
  ["person", "people"],
  ["salesPerson", "salesPeople"],
  ["human", "humans"],
  ["child", "children"],
  ["news", "news"],
  ["täble", "täbles"],
])("%s and %s", (one, many) => {
  expect(pluralOf(one)).toBe(many);
  expect(pluralOf(many)).toBe(many);
  expect(singularOf(many)).toBe(one);
  expect(singularOf(one)).toBe(one);
});
