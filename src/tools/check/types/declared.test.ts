import { expect, test } from "vitest";
import { bitField } from "../../../schema/bit-field.ts";
import { createNames } from "../../../schema/naming.ts";
import { defineSchema } from "../../../schema/schema.ts";
import { table } from "../../../schema/table.ts";
import { bigint, integer, json, text, varchar } from "../../../schema/types.ts";
import { columnKey, declaredColumns } from "./declared.ts";

test("types that only the schema knows are taken from there", () => {
  const notes = table("notes", {
    id: integer().primaryKey(),
    size: bigint(),
    flags: bitField({ flags: { read: 0, write: 1 } }),
    kind: varchar({ length: 8 }).$type<"long" | "short">(),
    details: json<{ pages: number }>(),
    secret: text().encrypted(),
  });
  const schema = defineSchema({ notes });
  const declared = declaredColumns(schema, { schema }, createNames());
  const typed = ["id", "size", "flags", "kind", "details", "secret"].filter(
    (column) =>
      declared.get(columnKey({ schema: undefined, table: "notes", column }))?.isTyped === true,
  );
  expect(typed).toEqual(["flags", "kind", "details", "secret"]);
});
