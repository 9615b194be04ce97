import { createTables } from "../../migrate/create-tables.ts";
import { eq } from "../../query/expression.ts";
import { array } from "../../schema/array.ts";
import { index } from "../../schema/constraints.ts";
import { operatorClass, prefixOf } from "../../schema/index-spec.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table, type AnyTable } from "../../schema/table.ts";
import { bytes, integer, text } from "../../schema/types.ts";
import type { Kit } from "./kit.ts";

const columns = { id: integer().primaryKey(), tags: array(text()), body: text(), blob: bytes() };

const long = table("long_texts", columns, (t) => [
  index().on(prefixOf(t.body, 100)).using("btree"),
  index("by_blob").on(prefixOf(t.blob, 50), t.id),
]);

const own: readonly AnyTable[] = [
  table("by_gin", columns, (t) => [index().on(t.tags).using("gin")]),
  table("by_hash", columns, (t) => [index().on(t.body).using("hash")]),
  table("by_brin", columns, (t) => [index().on(t.id).using("brin")]),
  table("by_class", columns, (t) => [index().on(operatorClass(t.body, "text_pattern_ops"), t.id)]),
  table("including", columns, (t) => [index().on(t.id).include(t.body, t.tags)]),
];

/** How indexes are made. */
export function indexCases({ expect, group }: Kit): void {
  group("indexes", { long }, (test) => {
    test("of the beginnings of long texts are those of all, where a database must", async ({
      db,
    }) => {
      const body = "x".repeat(200);
      await db.insert(long).values([
        { id: 1, body: `${body}a`, blob: new Uint8Array(60) },
        { id: 2, body: `${body}b` },
      ]);
      expect(
        (
          await db
            .from(long)
            .where(eq(long.body, `${body}b`))
            .one()
        ).id,
      ).toBe(2);
      expect(
        (
          await db
            .from(long)
            .where(eq(long.blob, new Uint8Array(60)))
            .one()
        ).id,
      ).toBe(1);
    });

    for (const each of own) {
      test.needing(
        (can) => can.indexMethods,
        `of other kinds are made, or refused before anything is (${own.indexOf(each) + 1})`,
        async ({ db }) => {
          await createTables(db, defineSchema({ each }));
        },
      );
    }
  });
}
