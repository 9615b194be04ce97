import { expect, test } from "vitest";
import { isAnnounced, renamesOf } from "./rehearse.ts";

test("follows a table through its names", () => {
  const texts = [
    'alter table "users" rename to "people";\nalter table people rename column a to b;',
    "ALTER TABLE IF EXISTS public.people RENAME TO persons",
    "rename table `a b` to `c`;",
  ];
  expect([...renamesOf(texts)]).toEqual([
    ["users", "persons"],
    ["a b", "c"],
  ]);
});

test("takes a comment for an announcement that tells of the rows of that table", () => {
  const texts = [
    "-- LOSSY DS102: drops table app.old_users with its rows\ndrop table old_users;",
    "-- LOSSY DS103: drops column people.name with its values",
    "-- LOSSY pets: those without an owner go",
    "select 'LOSSY cats'",
  ];
  expect(isAnnounced(texts, "old_users")).toBe(true);
  expect(isAnnounced(texts, "app.old_users")).toBe(true);
  expect(isAnnounced(texts, "users")).toBe(false);
  expect(isAnnounced(texts, "people")).toBe(false);
  expect(isAnnounced(texts, "pets")).toBe(true);
  expect(isAnnounced(texts, "cats")).toBe(false);
});
