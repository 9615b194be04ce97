// Plinth's ordinary builder: nothing is prepared by hand.
import {
  and,
  asc,
  connect,
  count,
  desc,
  double,
  eq,
  gt,
  ilike,
  lte,
  sql,
  sum,
} from "../../../dist/entry/main.js";
import type { Contender } from "../../work/operations.ts";
import {
  accounts,
  audit,
  customers,
  details,
  instant,
  schemaWith,
  suppliers,
  wholeSeconds,
} from "./plinth-schema.ts";

export async function openPlinth(url: string): Promise<Contender> {
  const schema = url.startsWith("sqlite:") ? schemaWith(wholeSeconds) : schemaWith(instant);
  const { orders } = schema.tables;
  const db = await connect(url, { schema });

  return {
    operations: {
      byKey: (id) => db.from(customers).find(id),
      page: (offset) => db.from(orders).orderBy(desc(orders.id)).limit(50).offset(offset),
      search: (term) => db.from(suppliers).where(ilike(suppliers.company_name, `%${term}%`)),
      tree: (id) =>
        db
          .from(orders)
          .with({ details: { with: { product: true } } })
          .find(id),
      aggregate: (after, upTo) =>
        db
          .select({
            id: orders.id,
            ship_name: orders.ship_name,
            ship_city: orders.ship_city,
            ship_country: orders.ship_country,
            products_count: count(details.id),
            quantity_sum: sum(details.quantity),
            total_price: sql`sum(${details.quantity} * ${details.unit_price})`.as(double()),
          })
          .from(orders)
          .leftJoin(details, eq(details.order_id, orders.id))
          .where(and(gt(orders.id, after), lte(orders.id, upTo)))
          .groupBy(orders.id)
          .orderBy(asc(orders.id)),
      update: (id, balance, version) =>
        db.update(accounts).set({ balance, version }).where(eq(accounts.id, id)),
      transaction: (from, to, amount, row) =>
        db.transaction(async (tx) => {
          await tx
            .select({ balance: accounts.balance })
            .from(accounts)
            .where(eq(accounts.id, from));
          await tx
            .update(accounts)
            .set({ balance: sql<number>`${accounts.balance} - ${amount}` })
            .where(eq(accounts.id, from));
          await tx
            .update(accounts)
            .set({ balance: sql<number>`${accounts.balance} + ${amount}` })
            .where(eq(accounts.id, to));
          await tx.insert(audit).values(row);
        }),
      insert: async (row) =>
        (await db.insert(audit).values(row).returning({ id: audit.id }))[0]!.id,
      bulk: (rows) => db.insert(audit).values(rows),
    },
    close: () => db.close(),
  };
}
