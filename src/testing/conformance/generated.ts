import { eq } from "../../query/expression.ts";
import { sql } from "../../query/sql.ts";
import { index } from "../../schema/constraints.ts";
import { table } from "../../schema/table.ts";
import { integer, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const boxes = table(
  "boxes",
  {
    id: integer().primaryKey(),
    width: integer().notNull(),
    height: integer(),
    area: integer().generatedAs(() => sql`${boxes.width} * ${boxes.height}`),
    wide: integer("we\"ird `name'")
      .notNull()
      .generatedAs(() => sql`${boxes.width} + ${1000}`),
    word: varchar({ length: 9 }).unique(),
  },
  (t) => [index().on(t.area)],
);

/** Columns that the database computes. */
export function generatedCases({ expect, group }: Kit): void {
  group("generated columns", { boxes }, (test) => {
    test("are computed when a row is written, and given back", async ({ db }) => {
      const [made] = await db.insert(boxes).values({ id: 1, width: 2, height: 3 }).returning();
      expect(made).toEqual({ id: 1, width: 2, height: 3, area: 6, wide: 1002, word: null });
      await db.insert(boxes).values({ id: 2, width: 2 });
      expect((await db.from(boxes).find(2))?.area).toBe(null);
      const [changed] = await db
        .update(boxes)
        .set({ height: 5 })
        .where(eq(boxes.area, 6))
        .returning({ area: boxes.area });
      expect(changed).toEqual({ area: 10 });
      const again = db.insert(boxes).values({ id: 1, width: 7, height: 1 });
      await again.onConflict(boxes.id).update(["width"]);
      expect((await db.from(boxes).find(1))?.area).toBe(35);
    });

    test("are never written", async ({ db }) => {
      await db.insert(boxes).values({ id: 1, width: 2 });
      for (const work of [
        () => db.insert(boxes).values({ id: 2, width: 2, area: 9 } as never),
        () =>
          db
            .update(boxes)
            .set({ area: 9 } as never)
            .all(),
        () => db.insert(boxes).values({ id: 1, width: 2 }).onConflict(boxes.id).update(["area"]),
      ])
        expect(await failureOf(work)).toMatchObject({ code: "E_INVALID_VALUE" });
      expect(await db.from(boxes).count()).toBe(1);
    });
  });
}
