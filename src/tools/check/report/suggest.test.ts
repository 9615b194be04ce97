import { expect, test } from "vitest";
import { distance, nearest } from "./suggest.ts";

test("counts the letters that differ", () => {
  expect(distance("name", "name")).toBe(0);
  expect(distance("nam", "name")).toBe(1);
  expect(distance("nmae", "name")).toBe(1);
  expect(distance("", "abc")).toBe(3);
  expect(distance("kitten", "sitting")).toBe(3);
});

test("the nearest name is one that is near", () => {
  expect(nearest("createdAt", ["updated_at", "created_at"])).toBe("created_at");
  expect(nearest("user", ["users", "posts"])).toBe("users");
  expect(nearest("emial", ["id", "email", "name"])).toBe("email");
  expect(nearest("frob", ["id", "email", "name"])).toBeUndefined();
  expect(nearest("ide", ["id", "idx"])).toBe("id");
});
