import type { PlanNode } from "../../dialect/server/explain.ts";
import { count, eq, exists, gt } from "../../query/expression.ts";
import { desc } from "../../query/order.ts";
import { index } from "../../schema/constraints.ts";
import { table } from "../../schema/table.ts";
import { integer, varchar } from "../../schema/types.ts";
import { failureOf, type Kit } from "./kit.ts";

const shops = table("shops", { id: integer().primaryKey(), name: varchar({ length: 40 }) });
const sales = table(
  "sales",
  { id: integer().primaryKey(), shopId: integer().notNull(), total: integer().notNull() },
  (t) => [index("sales_by_shop").on(t.shopId)],
);

function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...plan.children.flatMap(nodesOf)];
}

/** Plans of queries. */
export function explainCases({ expect, group }: Kit): void {
  group("a plan", { shops, sales }, (test) => {
    const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, shopId: id % 400, total: id }));

    test("names the tables and indexes of a read, and prints as a tree", async ({ db }) => {
      await db
        .insert(shops)
        .values(Array.from({ length: 400 }, (_, id) => ({ id, name: `${id}` })));
      await db.insert(sales).values(rows);
      const queries = [
        db.from(sales).where(eq(sales.shopId, 7)),
        db
          .select({ name: shops.name, total: sales.total })
          .from(shops)
          .innerJoin(sales, eq(sales.shopId, shops.id))
          .where(gt(sales.total, 10))
          .orderBy(desc(sales.total)),
        db.select({ shop: sales.shopId, n: count() }).from(sales).groupBy(sales.shopId),
        db.from(shops).where(exists(db.from(sales).where(eq(sales.shopId, shops.id)))),
        db.from(sales).where(eq(sales.shopId, 7)).orderBy(desc(sales.total), desc(sales.id)),
        db.from(shops).where(eq(shops.name, `"\\'`)).orderBy(shops.name, shops.id),
        db.from(sales).where(eq(sales.id, 1)).comment("explained").timeout(60_000),
      ];
      for (const query of queries) {
        const plan = await query.explain();
        const tables = new Set(nodesOf(plan).map((node) => node.table));
        const { text } = query.toSql();
        for (const name of ["shops", "sales"])
          if (text.includes(`from "${name}"`) || text.includes(`from \`${name}\``))
            expect(
              [...tables].some((one) => one === name),
              `${name}: ${String(plan)}`,
            ).toBe(true);
        for (const node of nodesOf(plan)) {
          expect(node.operation.length > 0).toBe(true);
          expect(node.actualRows).toBe(undefined);
          expect(String(plan).includes(node.operation)).toBe(true);
        }
      }
      const [byShop] = queries;
      const indexes = nodesOf(await byShop!.explain()).map((node) => node.index);
      expect(indexes.includes("sales_by_shop"), String(await byShop!.explain())).toBe(true);
    });

    test("tells what running took, with analyze", async ({ db, can }) => {
      await db.insert(sales).values(rows);
      const plan = await db.from(sales).where(eq(sales.shopId, 7)).explain({ analyze: true });
      const measured = nodesOf(plan).filter((node) => node.actualRows !== undefined);
      expect(
        measured.some((node) => node.actualRows === 5),
        String(plan),
      ).toBe(true);
      expect(nodesOf(plan).some((node) => (node.timeMs ?? -1) >= 0)).toBe(true);
      expect(/\d ms/.test(String(plan))).toBe(true);
      expect(can.isEmbedded || measured.length > 0).toBe(true);
    });

    test("of a write is told without writing, also with analyze", async ({ db }) => {
      const measuresWrites = db["~engine"].dialect.explain.measures !== "reads";
      await db.insert(sales).values(rows);
      const insert = db.insert(sales).values({ id: 9_000, shopId: 1, total: 1 });
      const writes = [
        insert,
        db
          .insert(sales)
          .values({ id: 1, shopId: 1, total: 9 })
          .onConflict(sales.id)
          .update(["total"]),
        db.update(sales).set({ total: 0 }).where(eq(sales.shopId, 7)),
        db.delete(sales).where(gt(sales.total, 5)),
      ];
      for (const write of writes) {
        const plan = await write.explain();
        expect(String(plan).length > 0).toBe(true);
        if (!measuresWrites) {
          expect(await failureOf(write.explain({ analyze: true }))).toMatchObject({
            code: "E_UNSUPPORTED",
          });
          continue;
        }
        const measured = await write.explain({ analyze: true });
        expect(
          nodesOf(measured).some((node) => node.timeMs !== undefined),
          String(measured),
        ).toBe(true);
        await db.transaction(async (tx) => {
          await tx.update(sales).set({ total: 1 }).where(eq(sales.id, 1));
          await tx.delete(sales).all().explain({ analyze: true });
        });
      }
      if (!measuresWrites) {
        expect(await db.from(sales).count()).toBe(rows.length);
        return;
      }
      const changed = rows.filter(({ id, total }) => id === 1 || total > -1).length;
      expect(await db.from(sales).count()).toBe(changed);
      expect((await db.from(sales).find(8))?.total).toBe(8);
      // Explaining isn't running.
      expect(await insert).toEqual({ affectedRows: 1 });
      const clash = db.insert(sales).values({ id: 9_000, shopId: 1, total: 1 });
      expect(await failureOf(clash.explain({ analyze: true }))).toMatchObject({
        code: "E_UNIQUE_VIOLATION",
      });
    });
  });
}
