import { connect, defineSchema, integer, table } from "plinth";
import { expect, test } from "vitest";

test("two tables whose names differ in case alone are one, and refused", async () => {
  const columns = { id: integer().primaryKey() };
  const declare = (one: string, other: string) =>
    defineSchema({ one: table(one, columns), other: table(other, columns) });
  const open = (one: string, other: string) =>
    connect("sqlite::memory:", { schema: declare(one, other) });

  await expect(open("users", "Users")).rejects.toMatchObject({
    code: "E_SCHEMA",
    message: expect.stringContaining('"one" and "other" of the schema are one table'),
  });
  // SQLite knows the case of ASCII only.
  await (await open("österreich", "Österreich")).close();
});
