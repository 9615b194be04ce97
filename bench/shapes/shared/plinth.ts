// Plinth's ordinary builder, and checked SQL for the one shape that asks for it.
import {
  add,
  and,
  asc,
  connect,
  defineSchema,
  desc,
  double,
  eq,
  gt,
  gte,
  inArray,
  integer,
  lte,
  some,
  table,
  text,
  timestamp,
  varchar,
} from "../../../dist/entry/main.js";
import type { queries as onMariadb } from "../../checked/mariadb/queries.ts";
import type { queries as onPostgres } from "../../checked/postgres/queries.ts";
import type { queries as onSqlite } from "../../checked/sqlite/queries.ts";
import {
  accounts,
  customers,
  details,
  instant,
  ordersTable,
  products,
  suppliers,
  wholeSeconds,
} from "../../contenders/shared/plinth-schema.ts";
import { streamedRows, wideColumns, type ShapesContender } from "../shapes.ts";

type Queries = typeof onPostgres;

const makers = {
  integer: () => integer().notNull(),
  number: () => double().notNull(),
  text: () => varchar({ length: 40 }).notNull(),
};
const wide = table("wide", {
  id: integer().primaryKey(),
  ...Object.fromEntries(wideColumns.map(([name, kind]) => [name, makers[kind]()])),
});
const counters = table("counters", {
  id: integer().primaryKey(),
  name: varchar({ length: 40 }).notNull(),
  hits: integer().notNull(),
});
const employees = table("employees", {
  id: integer().primaryKey(),
  last_name: varchar({ length: 40 }).notNull(),
  notes: text().notNull(),
});

/** Dates as they are read by `rows`, wherever they are kept. */
const dated = ordersTable(() => timestamp({ storage: { sqlite: "seconds" } }));

export async function openPlinthShapes(
  url: string,
  given: Queries | typeof onMariadb | typeof onSqlite,
): Promise<ShapesContender> {
  const orders = ordersTable(url.startsWith("sqlite:") ? wholeSeconds : instant);
  const schema = defineSchema(
    { customers, suppliers, products, orders, details, accounts, wide, counters, employees },
    ({ many, one }) => ({
      customers: { orders: many(orders) },
      orders: { details: many(details, { from: orders.id, to: details.order_id }) },
      details: { product: one(products) },
    }),
  );
  const queries = given as Queries;
  const db = await connect(url, { schema, queries });
  const { customers: ofCustomer } = schema.relations;

  return {
    shapes: {
      wide: (after) => db.from(wide).where(gt(wide.id, after)).orderBy(asc(wide.id)).limit(50),
      filters: ({ customerId, employeeId, maxFreight, minFreight, shipVia }) =>
        db
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
          .limit(20),
      inList: (ids) => db.from(orders).where(inArray(orders.id, ids)).orderBy(asc(orders.id)),
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
          .orderBy(asc(details.id)),
      stream: async () => {
        let sum = 0;
        const rows = db
          .select({ id: details.id, quantity: details.quantity, unit_price: details.unit_price })
          .from(details)
          .orderBy(asc(details.id))
          .limit(streamedRows)
          .stream();
        for await (const row of rows) sum += row.quantity;
        return sum;
      },
      upsert: (id, name) =>
        db
          .insert(counters)
          .values({ id, name, hits: 1 })
          .onConflict(counters.id)
          .update({ hits: add(counters.hits, 1) }),
      updateMany: (rows) => db.updateMany(accounts, rows),
      keyset: async (minFreight) => {
        const found = [];
        const list = db.from(orders).where(gte(orders.freight, minFreight));
        const order = [desc(orders.order_date), desc(orders.id)];
        let after: string | undefined;
        for (let page = 0; page < 3; page++) {
          const { items, nextCursor } = await list.keyset(order, {
            size: 20,
            ...(after === undefined ? {} : { after }),
          });
          found.push(...items);
          after = nextCursor!;
        }
        return found;
      },
      related: (after, minFreight) =>
        db
          .from(customers)
          .where(
            and(gt(customers.id, after), some(ofCustomer.orders, gt(orders.freight, minFreight))),
          )
          .orderBy(asc(customers.id))
          .limit(20),
      checkedList: (ids) => db.query(queries.inList, { ids }),
      trees: (after) =>
        db
          .from(orders)
          .with({ details: { with: { product: true } } })
          .where(and(gt(orders.id, after), lte(orders.id, after + 50)))
          .orderBy(asc(orders.id)),
      rows: (after) => db.from(dated).where(gt(dated.id, after)).orderBy(asc(dated.id)).limit(1000),
    },
    close: () => db.close(),
  };
}
