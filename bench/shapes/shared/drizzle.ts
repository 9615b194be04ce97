// Drizzle 1.0-rc. One text for its three dialects, whose types have nothing in common: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import * as library from "drizzle-orm";

import {
  drizzleDefiner,
  type ColumnMakers,
  type DrizzleTables,
} from "../../contenders/shared/drizzle.ts";
import { streamedRows, wideColumns, type Shapes } from "../shapes.ts";

const { and, asc, desc, eq, exists, gt, gte, inArray, lt, lte, or, sql } = library;

export interface DrizzleShapeWays {
  readonly db: any;
  readonly tables: DrizzleTables;
  /** The orders with dates as `Date`. */
  readonly datedOrders: any;
  /** The dialect's own makers. */
  readonly makeTable: (name: string, columns: Record<string, any>) => any;
  readonly make: ColumnMakers;
  /** By `.prepare()` with placeholders wherever a text stays the same. */
  readonly isPrepared: boolean;
  /** The SQLite builders run synchronously by all() and run(). */
  readonly isSynchronous: boolean;
  /** MySQL's dialect has another way to say what is done when the row is there. */
  readonly hasDuplicateKeys?: boolean;
  /** Only MySQL's dialect reads bit by bit: elsewhere a stream is all rows at once. */
  readonly hasIterator?: boolean;
  /** Its relational queries need lateral joins, which MariaDB lacks. */
  readonly hasRelations: boolean;
}

export function drizzleShapes(ways: DrizzleShapeWays): Shapes {
  const { datedOrders, db, isSynchronous, make, makeTable, tables } = ways;
  const { accounts, customers, employees, orders, order_details: details } = tables;
  const { products, suppliers } = tables;
  const wide = makeTable("wide", {
    id: make.key("id"),
    ...Object.fromEntries(
      wideColumns.map(([name, kind]) => [name, (make[kind](name) as any).notNull()]),
    ),
  });
  const counters = makeTable("counters", {
    id: make.key("id"),
    name: (make.text("name") as any).notNull(),
    hits: (make.integer("hits") as any).notNull(),
  });
  const define = drizzleDefiner({ isPrepared: ways.isPrepared, library });
  const all = isSynchronous ? (q: any, v?: any) => q.all(v) : (q: any, v?: any) => q.execute(v);
  const run = isSynchronous ? (q: any, v?: any) => q.run(v) : all;
  const related = (query: any, values?: any) => {
    const result = query.execute(values);
    return isSynchronous ? (result?.sync?.() ?? result) : result;
  };

  const inList = (ids: number[]) =>
    all(db.select().from(orders).where(inArray(orders.id, ids)).orderBy(asc(orders.id)));
  const streamed = () =>
    db
      .select({ id: details.id, quantity: details.quantity, unit_price: details.unit_price })
      .from(details)
      .orderBy(asc(details.id))
      .limit(streamedRows);
  const page = (condition: any) =>
    db
      .select()
      .from(orders)
      .where(condition)
      .orderBy(desc(orders.order_date), desc(orders.id))
      .limit(20);
  const firstPage = define(["minFreight"], (v) => page(gte(orders.freight, v.minFreight)), all);
  const nextPage = define(
    ["minFreight", "date", "id"],
    (v) =>
      page(
        and(
          gte(orders.freight, v.minFreight),
          or(
            lt(orders.order_date, v.date),
            and(eq(orders.order_date, v.date), lt(orders.id, v.id)),
          ),
        ),
      ),
    all,
  );
  const upserting = (v: any) => {
    const insert = db.insert(counters).values({ id: v.id, name: v.name, hits: 1 });
    const set = { hits: sql`${counters.hits} + 1` };
    return ways.hasDuplicateKeys
      ? insert.onDuplicateKeyUpdate({ set })
      : insert.onConflictDoUpdate({ target: counters.id, set });
  };
  const joinedTrees = define(
    ["after", "upTo"],
    (v) =>
      db
        .select()
        .from(orders)
        .leftJoin(details, eq(details.order_id, orders.id))
        .leftJoin(products, eq(products.id, details.product_id))
        .where(and(gt(orders.id, v.after), lte(orders.id, v.upTo)))
        .orderBy(asc(orders.id)),
    all,
  );
  const relatedTrees = ways.hasRelations
    ? define(
        ["after", "upTo"],
        (v) =>
          db.query.orders.findMany({
            where: { id: { gt: v.after, lte: v.upTo } },
            orderBy: { id: "asc" },
            with: { details: { with: { product: true } } },
          }),
        related,
      )
    : async (after: number, upTo: number) => nestJoined(await joinedTrees(after, upTo));

  return {
    wide: define(
      ["after"],
      (v) => db.select().from(wide).where(gt(wide.id, v.after)).orderBy(asc(wide.id)).limit(50),
      all,
    ),
    filters: ({ customerId, employeeId, maxFreight, minFreight, shipVia }) =>
      all(
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
          .limit(20),
      ),
    inList,
    joins: define(
      ["orderId"],
      (v) =>
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
          .where(eq(details.order_id, v.orderId))
          .orderBy(asc(details.id)),
      all,
    ),
    stream: ways.hasIterator
      ? async () => {
          let sum = 0;
          for await (const row of streamed().iterator()) sum += row.quantity;
          return sum;
        }
      : isSynchronous
        ? () => quantities(streamed().all())
        : async () => quantities(await streamed()),
    upsert: define(["id", "name"], upserting, run),
    updateMany: isSynchronous
      ? (rows) =>
          db.transaction((tx: any) => {
            for (const { balance, id } of rows)
              tx.update(accounts).set({ balance }).where(eq(accounts.id, id)).run();
          })
      : (rows) =>
          db.transaction(async (tx: any) => {
            for (const { balance, id } of rows)
              await tx.update(accounts).set({ balance }).where(eq(accounts.id, id));
          }),
    keyset: async (minFreight) => {
      const found: any[] = [];
      for (let count = 0; count < 3; count++) {
        const last = found.at(-1);
        const rows =
          last === undefined
            ? firstPage(minFreight)
            : nextPage(minFreight, last.order_date, last.id);
        found.push(...(isSynchronous ? rows : await rows));
      }
      return found;
    },
    related: define(
      ["after", "minFreight"],
      (v) => {
        const some = db
          .select({ id: orders.id })
          .from(orders)
          .where(and(eq(orders.customer_id, customers.id), gt(orders.freight, v.minFreight)));
        return db
          .select()
          .from(customers)
          .where(and(gt(customers.id, v.after), exists(some)))
          .orderBy(asc(customers.id))
          .limit(20);
      },
      all,
    ),
    checkedList: inList,
    trees: (after) => relatedTrees(after, after + 50),
    rows: define(
      ["after"],
      (v) =>
        db
          .select()
          .from(datedOrders)
          .where(gt(datedOrders.id, v.after))
          .orderBy(asc(datedOrders.id))
          .limit(1000),
      all,
    ),
  };
}

function quantities(rows: { quantity: number }[]): number {
  let sum = 0;
  for (const row of rows) sum += row.quantity;
  return sum;
}

/** The rows of a join, those of an order together. */
function nestJoined(rows: any[]): any[] {
  const found: any[] = [];
  let order: any;
  for (const row of rows) {
    if (order?.id !== row.orders.id) found.push((order = { ...row.orders, details: [] }));
    if (row.order_details !== null)
      order.details.push({ ...row.order_details, product: row.products });
  }
  return found;
}
