import { table, text } from "plinth";
import { expect, test } from "vitest";
import { baseColumns, keyColumn, requireBaseColumns } from "../src/main/schemas/every-table.ts";

test("a table without the base columns is refused by name", () => {
  const complete = table("complete", { id: keyColumn(), ...baseColumns() });
  const bare = table("bare", { id: keyColumn(), name: text() });
  expect(() => requireBaseColumns({ complete })).not.toThrow();
  expect(() => requireBaseColumns({ complete, bare })).toThrow(
    'Table "bare" lacks createdAt, updatedAt, deactivatedAt, deactivatedBy.',
  );
});
