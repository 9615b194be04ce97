import { infoOf, type AnyTable, type WritableTable } from "../../schema/table.ts";
import type { Kit } from "./kit.ts";
import { caching } from "./row-cache-kit.ts";
import { kept } from "./samples.ts";

/** @param things Has an `id`, and a column of each type. */
export function rowCacheValueCases({ expect, group }: Kit, things: AnyTable): void {
  group("row caches of values", { things }, (test) => {
    const id = infoOf(things).column("id")!;
    test("give back every value as the database does", async ({ db }) => {
      for (const [at, [key, values]] of kept.entries()) {
        for (const [index, value] of values.entries())
          await db
            .insert(things as WritableTable)
            .values({ id: at * 100 + index, [key]: value } as never);
      }
      await caching(db, async (rows) => {
        const all = (await db.from(things).orderBy(id)) as { readonly id: number }[];
        const ids = all.map((row) => row.id);
        const { loads } = rows.stats();
        for (const _ of [1, 2]) {
          expect(await rows.findMany(things, ids as never[])).toEqual(all);
          expect(await rows.cached(db.from(things).orderBy(id))).toEqual(all);
        }
        expect(await rows.find(things, ids[3] as never)).toEqual(all[3]);
        expect(rows.stats().loads - loads).toBe(2);
      });
    });
  });
}
