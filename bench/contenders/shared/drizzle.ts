// Drizzle, 1.0 and 0.45. One text for its three dialects, whose types have nothing in common: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import { defineRelations } from "drizzle-orm";
import { relations as relationsOf } from "drizzle-orm-0";

import { tables as tableData, type ColumnKind } from "../../data/tables.ts";
import type { AuditRow, Operations } from "../../work/operations.ts";

type Column = any;
export type DrizzleTables = Record<string, any>;

/** The dialect's own column builders. */
export type ColumnMakers = Record<ColumnKind, (name: string) => Column>;

export function drizzleTables(
  makeTable: (name: string, columns: Record<string, Column>) => any,
  make: ColumnMakers,
): DrizzleTables {
  return Object.fromEntries(
    Object.entries(tableData).map(([tableName, columns]) => {
      const made = Object.entries(columns).map(([name, { kind, nullable }]) => {
        const column = make[kind](name);
        return [
          name,
          nullable || kind === "key" || kind === "countedKey" ? column : column.notNull(),
        ];
      });
      return [tableName, makeTable(tableName, Object.fromEntries(made))];
    }),
  );
}

/** What 1.0 takes as its relations. */
export function drizzleRelations(tables: DrizzleTables): any {
  return defineRelations(tables as any, (r: any) => ({
    orders: { details: r.many.order_details({ from: r.orders.id, to: r.order_details.order_id }) },
    order_details: {
      product: r.one.products({ from: r.order_details.product_id, to: r.products.id }),
    },
  }));
}

/** What 0.45 takes as its schema: the tables, and beside them their relations. */
export function drizzle0Schema(tables: DrizzleTables): any {
  const { orders, order_details: details, products } = tables as any;
  return {
    ...tables,
    ordersRelations: relationsOf(orders, ({ many }) => ({ details: many(details) })),
    detailsRelations: relationsOf(details, ({ one }) => ({
      order: one(orders, { fields: [details.order_id], references: [orders.id] }),
      product: one(products, { fields: [details.product_id], references: [products.id] }),
    })),
  };
}

export interface DrizzleWays {
  /** The package, 1.0 or 0.45. */
  readonly library: any;
  readonly like: any;
  readonly asNumber: (expression: any) => any;
  /** By `.prepare()` with placeholders wherever Drizzle has them. */
  readonly isPrepared: boolean;
  /** The SQLite builders run synchronously by all(), get() and run(). */
  readonly isSynchronous?: boolean;
  /** better-sqlite3, which 0.45 uses, takes no callback that waits. */
  readonly hasSynchronousTransactions?: boolean;
  /** Its relational queries need lateral joins, which MariaDB lacks. */
  readonly hasRelations: boolean;
  /** 1.0 takes `{ id }` in relational queries, 0.45 an expression. */
  readonly hasObjectFilters?: boolean;
  /** Without RETURNING the driver's insertId is taken. */
  readonly hasReturning: boolean;
}

/**
 * Of a query and its values' names: prepared once with placeholders, or made at each call.
 */
export function drizzleDefiner({
  isPrepared,
  library,
}: Pick<DrizzleWays, "isPrepared" | "library">) {
  let statementCount = 0;
  return (
    names: string[],
    make: (values: any) => any,
    execute: (query: any, values?: any) => any,
  ) => {
    const named = (values: unknown[]) =>
      Object.fromEntries(names.map((name, i) => [name, values[i]]));
    if (!isPrepared) return (...values: unknown[]) => execute(make(named(values)));
    const placeholders = Object.fromEntries(
      names.map((name) => [name, library.sql.placeholder(name)]),
    );
    const query = make(placeholders).prepare(`q${++statementCount}`);
    return (...values: unknown[]) => execute(query, named(values));
  };
}

export function drizzleOperations(db: any, tables: DrizzleTables, ways: DrizzleWays): Operations {
  const { and, asc, desc, eq, gt, lte, sql } = ways.library;
  const {
    customers,
    orders,
    order_details: details,
    products,
    suppliers,
    accounts,
    audit,
  } = tables as any;
  const all = ways.isSynchronous
    ? (q: any, v?: any) => q.all(v)
    : (q: any, v?: any) => q.execute(v);
  const run = ways.isSynchronous ? (q: any, v?: any) => q.run(v) : all;
  const first = ways.isSynchronous
    ? (q: any, v?: any) => q.get(v)
    : async (q: any, v?: any) => (await q.execute(v))[0];
  const define = drizzleDefiner(ways);

  // In `set`, a placeholder has to be inside a fragment.
  const settable = (value: any) => (ways.isPrepared ? sql`${value}` : value);

  const search = define(
    ["term"],
    (v) => db.select().from(suppliers).where(ways.like(suppliers.company_name, v.term)),
    all,
  );
  const related = (query: any, values?: any) => {
    const result = query.execute(values);
    return ways.isSynchronous && typeof result?.then !== "function"
      ? (result?.sync?.() ?? result)
      : result;
  };
  const joinedTree = define(
    ["id"],
    (v) =>
      db
        .select()
        .from(orders)
        .leftJoin(details, eq(details.order_id, orders.id))
        .leftJoin(products, eq(products.id, details.product_id))
        .where(eq(orders.id, v.id)),
    all,
  );
  const insert = define(
    ["account_id", "kind", "message", "amount", "created_at"],
    (v) =>
      ways.hasReturning
        ? db.insert(audit).values(v).returning({ id: audit.id })
        : db.insert(audit).values(v),
    ways.hasReturning ? first : run,
  );
  const idOf = (result: any) => (ways.hasReturning ? result.id : result[0].insertId);

  const statementsOf = (tx: any, from: number, to: number, amount: number, row: AuditRow) => [
    tx.select({ balance: accounts.balance }).from(accounts).where(eq(accounts.id, from)),
    tx
      .update(accounts)
      .set({ balance: sql`${accounts.balance} - ${amount}` })
      .where(eq(accounts.id, from)),
    tx
      .update(accounts)
      .set({ balance: sql`${accounts.balance} + ${amount}` })
      .where(eq(accounts.id, to)),
    tx.insert(audit).values(row),
  ];

  return {
    byKey: define(["id"], (v) => db.select().from(customers).where(eq(customers.id, v.id)), first),
    page: define(
      ["offset"],
      (v) => db.select().from(orders).orderBy(desc(orders.id)).limit(50).offset(v.offset),
      all,
    ),
    search: (term) => search(`%${term}%`),
    tree: ways.hasRelations
      ? define(
          ["id"],
          (v) =>
            db.query.orders.findFirst({
              where: ways.hasObjectFilters ? { id: v.id } : eq(orders.id, v.id),
              with: { details: { with: { product: true } } },
            }),
          related,
        )
      : async (id) => {
          const rows = await joinedTree(id);
          return {
            ...rows[0].orders,
            details: rows.map((row: any) => ({ ...row.order_details, product: row.products })),
          };
        },
    aggregate: define(
      ["after", "upTo"],
      (v) =>
        db
          .select({
            id: orders.id,
            ship_name: orders.ship_name,
            ship_city: orders.ship_city,
            ship_country: orders.ship_country,
            products_count: ways.asNumber(sql`count(${details.id})`),
            quantity_sum: ways.asNumber(sql`sum(${details.quantity})`),
            total_price: sql`sum(${details.quantity} * ${details.unit_price})`,
          })
          .from(orders)
          .leftJoin(details, eq(details.order_id, orders.id))
          .where(and(gt(orders.id, v.after), lte(orders.id, v.upTo)))
          .groupBy(orders.id)
          .orderBy(asc(orders.id)),
      all,
    ),
    update: define(
      ["id", "balance", "version"],
      (v) =>
        db
          .update(accounts)
          .set({ balance: settable(v.balance), version: settable(v.version) })
          .where(eq(accounts.id, v.id)),
      run,
    ),
    transaction: ways.hasSynchronousTransactions
      ? (from, to, amount, row) =>
          db.transaction((tx: any) => {
            for (const query of statementsOf(tx, from, to, amount, row)) query.run();
          })
      : (from, to, amount, row) =>
          db.transaction(async (tx: any) => {
            for (const query of statementsOf(tx, from, to, amount, row)) await query;
          }),
    insert: (row) => {
      const result = insert(row.account_id, row.kind, row.message, row.amount, row.created_at);
      return typeof result?.then === "function" ? result.then(idOf) : idOf(result);
    },
    bulk: (rows) => db.insert(audit).values(rows).execute(),
  };
}
