import { createTables } from "../../migrate/create-tables.ts";
import { comment } from "../../schema/comment.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer, text, varchar } from "../../schema/types.ts";
import type { Kit } from "./kit.ts";

/** Text that ends a comment, a quote or a statement somewhere. */
const HOSTILE = `it's "quoted" \`so\` \\ back \\' -- ; drop table remarks; /* é ж 語 */ $1 ? :name \n\t end\\`;

/** Comments on tables and columns. Where they are read back, servers differ. */
export function commentCases({ alone, expect, group }: Kit): void {
  group("comments", {}, (test) => {
    test("stand beside any column and change no statement", () =>
      alone(async (db) => {
        const remarks = table(
          "remarks",
          {
            id: integer().primaryKey().autoIncrement().comment(HOSTILE),
            code: varchar({ length: 9 }).notNull().unique().default("x").comment(HOSTILE),
            body: text("bo\"dy` '").comment("語".repeat(1000)),
          },
          () => [comment(HOSTILE.repeat(12))],
        );
        await createTables(db, defineSchema({ remarks }));
        const [row] = await db.insert(remarks).values({ body: "b" }).returning();
        expect(row).toEqual({ id: 1, code: "x", body: "b" });
      }));
  });
}
