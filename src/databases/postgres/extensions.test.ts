import { expect, test } from "vitest";
import { extensionsOf } from "./extensions.ts";

test("finds the extensions that SQL creates, and those that come with them", () => {
  expect(
    extensionsOf([
      `CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA public;
       create /* so */ extension Citext;
       -- create extension never;
       select 'create extension text';
       create function f() returns int language sql as $$ create extension quoted $$;
       create extension if not exists plpgsql;`,
      "create extension citext; create extension earthdistance cascade;",
      "create extension",
    ]),
  ).toEqual(["uuid-ossp", "citext", "cube", "earthdistance"]);
});
