// Plinth's ordinary builder: nothing is prepared by hand.
import {
  and,
  asc,
  connect,
  count,
  defineSchema,
  desc,
  double,
  eq,
  gt,
  ilike,
  integer,
  lte,
  sql,
  sum,
  table,
  text,
  timestamp,
  varchar,
} from "../../../dist/entry/main.js";
import type { Contender } from "../../work/operations.ts";

const customers = table("customers", {
  id: integer().primaryKey(),
  company_name: varchar({ length: 80 }).notNull(),
  contact_name: varchar({ length: 80 }).notNull(),
  contact_title: varchar({ length: 40 }).notNull(),
  address: varchar({ length: 80 }).notNull(),
  city: varchar({ length: 40 }).notNull(),
  postal_code: varchar({ length: 12 }),
  region: varchar({ length: 20 }),
  country: varchar({ length: 40 }).notNull(),
  phone: varchar({ length: 24 }).notNull(),
  fax: varchar({ length: 24 }),
});

const suppliers = table("suppliers", {
  id: integer().primaryKey(),
  company_name: varchar({ length: 80 }).notNull(),
  contact_name: varchar({ length: 80 }).notNull(),
  contact_title: varchar({ length: 40 }).notNull(),
  address: varchar({ length: 80 }).notNull(),
  city: varchar({ length: 40 }).notNull(),
  region: varchar({ length: 20 }),
  postal_code: varchar({ length: 12 }).notNull(),
  country: varchar({ length: 40 }).notNull(),
  phone: varchar({ length: 24 }).notNull(),
});

const products = table("products", {
  id: integer().primaryKey(),
  name: varchar({ length: 80 }).notNull(),
  quantity_per_unit: varchar({ length: 40 }).notNull(),
  unit_price: double().notNull(),
  units_in_stock: integer().notNull(),
  units_on_order: integer().notNull(),
  reorder_level: integer().notNull(),
  discontinued: integer().notNull(),
  supplier_id: integer()
    .notNull()
    .references(() => suppliers.id),
});

const wholeSeconds = () => integer();
const instant = () => timestamp();

/** @param date How the data set keeps dates: timestamps on the servers, whole seconds on SQLite. */
function ordersTable(date: typeof instant | typeof wholeSeconds) {
  return table("orders", {
    id: integer().primaryKey(),
    order_date: date().notNull(),
    required_date: date().notNull(),
    shipped_date: date(),
    ship_via: integer().notNull(),
    freight: double().notNull(),
    ship_name: varchar({ length: 40 }).notNull(),
    ship_city: varchar({ length: 40 }).notNull(),
    ship_region: varchar({ length: 20 }),
    ship_postal_code: varchar({ length: 12 }),
    ship_country: varchar({ length: 40 }).notNull(),
    customer_id: integer()
      .notNull()
      .references(() => customers.id),
    employee_id: integer().notNull(),
  });
}

const details = table("order_details", {
  id: integer().primaryKey(),
  order_id: integer().notNull(),
  product_id: integer()
    .notNull()
    .references(() => products.id),
  unit_price: double().notNull(),
  quantity: integer().notNull(),
  discount: double().notNull(),
});

const accounts = table("accounts", {
  id: integer().primaryKey(),
  owner: varchar({ length: 40 }).notNull(),
  balance: integer().notNull(),
  version: integer().notNull(),
});

const audit = table("audit", {
  id: integer().primaryKey().autoIncrement(),
  account_id: integer().notNull(),
  kind: varchar({ length: 20 }).notNull(),
  message: text().notNull(),
  amount: double().notNull(),
  created_at: integer().notNull(),
});

export async function openPlinth(url: string): Promise<Contender> {
  const orders = url.startsWith("sqlite:") ? ordersTable(wholeSeconds) : ordersTable(instant);
  const schema = defineSchema({ customers, suppliers, products, orders, details }, (r) => ({
    orders: { details: r.many(details, { from: orders.id, to: details.order_id }) },
    details: { product: r.one(products) },
  }));
  const db = await connect(url, { schema });
  // MariaDB does not see that an order's name and place follow from its key.
  const named = [orders.ship_name, orders.ship_city, orders.ship_country];
  const alsoGroupedBy = url.startsWith("mariadb:") ? named : [];

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
          .groupBy(orders.id, ...alsoGroupedBy)
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
