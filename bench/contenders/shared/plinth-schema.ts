// The tables and relations of the data set, as Plinth declares them.
import {
  defineSchema,
  double,
  index,
  integer,
  table,
  text,
  timestamp,
  varchar,
} from "../../../dist/entry/main.js";

export const customers = table("customers", {
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

export const suppliers = table("suppliers", {
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

export const products = table("products", {
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

export const wholeSeconds = () => integer();
export const instant = () => timestamp();

/** @param date How the data set keeps dates: timestamps on the servers, whole seconds on SQLite. */
export function ordersTable(date: typeof instant | typeof wholeSeconds) {
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

export const details = table(
  "order_details",
  {
    id: integer().primaryKey(),
    order_id: integer().notNull(),
    product_id: integer()
      .notNull()
      .references(() => products.id),
    unit_price: double().notNull(),
    quantity: integer().notNull(),
    discount: double().notNull(),
  },
  (t) => [index().on(t.order_id)],
);

export const accounts = table("accounts", {
  id: integer().primaryKey(),
  owner: varchar({ length: 40 }).notNull(),
  balance: integer().notNull(),
  version: integer().notNull(),
});

export const audit = table("audit", {
  id: integer().primaryKey().autoIncrement(),
  account_id: integer().notNull(),
  kind: varchar({ length: 20 }).notNull(),
  message: text().notNull(),
  amount: double().notNull(),
  created_at: integer().notNull(),
});

export function schemaWith(date: typeof instant | typeof wholeSeconds) {
  const orders = ordersTable(date);
  return defineSchema(
    { customers, suppliers, products, orders, details, accounts, audit },
    (r) => ({
      orders: { details: r.many(details, { from: orders.id, to: details.order_id }) },
      details: { product: r.one(products) },
    }),
  );
}
