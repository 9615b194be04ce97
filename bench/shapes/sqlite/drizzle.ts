// Drizzle 1.0-rc. The tables' types are left open, as only the run is measured: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import { DatabaseSync } from "node:sqlite";

import { and, asc, desc, eq, exists, gt, gte, inArray, lt, lte, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-sqlite";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

import { drizzleTables } from "../../contenders/shared/drizzle.ts";
import type { Targets } from "../../run/targets.ts";
import { pragmas } from "../../work/statements.ts";
import { streamedRows, wideColumns, type ShapesContender } from "../shapes.ts";

export const title = "drizzle 1.0-rc";

const makers: any = { integer, number: real, text };
const wide: any = sqliteTable("wide", {
  id: integer("id").primaryKey(),
  ...Object.fromEntries(wideColumns.map(([name, kind]) => [name, makers[kind](name).notNull()])),
});
const counters = sqliteTable("counters", {
  id: integer("id").primaryKey(),
  name: text("name").notNull(),
  hits: integer("hits").notNull(),
});

export function open(targets: Targets): ShapesContender {
  const client = new DatabaseSync(targets.sqlite!.file);
  for (const pragma of pragmas) client.exec(`pragma ${pragma}`);
  const tables: any = drizzleTables(sqliteTable, {
    key: (name) => integer(name).primaryKey(),
    countedKey: (name) => integer(name).primaryKey({ autoIncrement: true }),
    integer: (name) => integer(name),
    number: (name) => real(name),
    string: (name) => text(name),
    text: (name) => text(name),
    date: (name) => integer(name),
  });
  const { accounts, customers, employees, orders, order_details: details } = tables;
  const { products, suppliers } = tables;
  const db: any = drizzle({ client, jit: true });
  const inList = (ids: number[]) =>
    db.select().from(orders).where(inArray(orders.id, ids)).orderBy(asc(orders.id)).all();

  return {
    shapes: {
      wide: (after) =>
        db.select().from(wide).where(gt(wide.id, after)).orderBy(asc(wide.id)).limit(50).all(),
      filters: ({ customerId, employeeId, maxFreight, minFreight, shipVia }) =>
        db
          .select()
          .from(orders)
          .where(
            and(
              eq(orders.customer_id, customerId),
              employeeId === undefined ? undefined : eq(orders.employee_id, employeeId),
              shipVia === undefined ? undefined : eq(orders.ship_via, shipVia),
              minFreight === undefined ? undefined : gte(orders.freight, minFreight),
              maxFreight === undefined ? undefined : lte(orders.freight, maxFreight),
            ),
          )
          .orderBy(desc(orders.id))
          .limit(20)
          .all(),
      inList,
      joins: (orderId) =>
        db
          .select({
            id: details.id,
            quantity: details.quantity,
            product: products.name,
            supplier: suppliers.company_name,
            customer: customers.company_name,
            employee: employees.last_name,
          })
          .from(details)
          .innerJoin(orders, eq(orders.id, details.order_id))
          .innerJoin(products, eq(products.id, details.product_id))
          .innerJoin(suppliers, eq(suppliers.id, products.supplier_id))
          .innerJoin(customers, eq(customers.id, orders.customer_id))
          .innerJoin(employees, eq(employees.id, orders.employee_id))
          .where(eq(details.order_id, orderId))
          .orderBy(asc(details.id))
          .all(),
      // It has no stream on SQLite: these are all rows at once.
      stream: () => {
        let sum = 0;
        const rows = db
          .select({ id: details.id, quantity: details.quantity, unit_price: details.unit_price })
          .from(details)
          .orderBy(asc(details.id))
          .limit(streamedRows)
          .all();
        for (const row of rows) sum += row.quantity;
        return sum;
      },
      upsert: (id, name) =>
        db
          .insert(counters)
          .values({ id, name, hits: 1 })
          .onConflictDoUpdate({ target: counters.id, set: { hits: sql`${counters.hits} + 1` } })
          .run(),
      updateMany: (rows) =>
        db.transaction((tx: any) => {
          for (const { balance, id } of rows)
            tx.update(accounts).set({ balance }).where(eq(accounts.id, id)).run();
        }),
      keyset: (minFreight) => {
        const found: any[] = [];
        for (let page = 0; page < 3; page++) {
          const last = found.at(-1);
          const after =
            last &&
            or(
              lt(orders.order_date, last.order_date),
              and(eq(orders.order_date, last.order_date), lt(orders.id, last.id)),
            );
          const rows = db
            .select()
            .from(orders)
            .where(and(gte(orders.freight, minFreight), after))
            .orderBy(desc(orders.order_date), desc(orders.id))
            .limit(20)
            .all();
          found.push(...rows);
        }
        return found;
      },
      related: (after, minFreight) =>
        db
          .select()
          .from(customers)
          .where(
            and(
              gt(customers.id, after),
              exists(
                db
                  .select({ id: orders.id })
                  .from(orders)
                  .where(and(eq(orders.customer_id, customers.id), gt(orders.freight, minFreight))),
              ),
            ),
          )
          .orderBy(asc(customers.id))
          .limit(20)
          .all(),
      checkedList: inList,
    },
    close: () => client.close(),
  };
}
