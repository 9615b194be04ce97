// Kysely. The tables' types are left open, as only the run is measured: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import { sql, type Kysely } from "kysely";

import { columnNames } from "../../data/tables.ts";
import type { Operations } from "../../work/operations.ts";
import { nestDetail } from "../../work/statements.ts";

const detailColumns = columnNames("order_details").map((name) => `order_details.${name}`);
const productColumns = columnNames("products").map((name) => `products.${name}`);
const joinedColumns = [
  ...columnNames("order_details").map((name) => `d.${name}`),
  ...columnNames("products").map((name) => `p.${name} as p_${name}`),
];

export interface KyselyWays {
  readonly like: "like" | "ilike";
  readonly asNumber: (expression: any) => any;
  readonly hasReturning: boolean;
  /** Kysely's JSON helpers of this dialect, for `tree`; where they don't work, two queries. */
  readonly json?: { jsonArrayFrom: any; jsonObjectFrom: any };
  /** The instance for `tree`, where that needs a plugin. */
  readonly treeDb?: Kysely<any>;
}

type Json = NonNullable<KyselyWays["json"]>;

/** The orders, each with its details and these with their products, by Kysely's JSON helpers. */
export function nestedOrders(db: Kysely<any>, { jsonArrayFrom, jsonObjectFrom }: Json) {
  const product = (details: any) =>
    jsonObjectFrom(
      details
        .selectFrom("products")
        .select(productColumns)
        .whereRef("products.id", "=", "order_details.product_id"),
    );
  return db
    .selectFrom("orders")
    .selectAll("orders")
    .select((order: any) =>
      jsonArrayFrom(
        order
          .selectFrom("order_details")
          .select(detailColumns)
          .select((details: any) => product(details).as("product"))
          .whereRef("order_details.order_id", "=", "orders.id"),
      ).as("details"),
    );
}

export function kyselyOperations(db: Kysely<any>, ways: KyselyWays): Operations {
  const { json, treeDb = db } = ways;

  async function treeOfTwoQueries(id: number) {
    const order: any = await db
      .selectFrom("orders")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    const rows = await db
      .selectFrom("order_details as d")
      .innerJoin("products as p", "p.id", "d.product_id")
      .select(joinedColumns as any)
      .where("d.order_id", "=", id)
      .execute();
    order.details = rows.map(nestDetail);
    return order;
  }

  return {
    byKey: (id) => db.selectFrom("customers").selectAll().where("id", "=", id).executeTakeFirst(),
    page: (offset) =>
      db.selectFrom("orders").selectAll().orderBy("id", "desc").limit(50).offset(offset).execute(),
    search: (term) =>
      db
        .selectFrom("suppliers")
        .selectAll()
        .where("company_name", ways.like, `%${term}%`)
        .execute(),
    tree:
      json === undefined
        ? treeOfTwoQueries
        : (id) => nestedOrders(treeDb, json).where("orders.id", "=", id).executeTakeFirst(),
    aggregate: (after, upTo) =>
      db
        .selectFrom("orders as o")
        .leftJoin("order_details as d", "d.order_id", "o.id")
        .select([
          "o.id",
          "o.ship_name",
          "o.ship_city",
          "o.ship_country",
          (eb: any) => ways.asNumber(eb.fn.count("d.id")).as("products_count"),
          (eb: any) => ways.asNumber(eb.fn.sum("d.quantity")).as("quantity_sum"),
          sql`sum(d.quantity * d.unit_price)`.as("total_price"),
        ])
        .where("o.id", ">", after)
        .where("o.id", "<=", upTo)
        .groupBy("o.id")
        .orderBy("o.id")
        .execute(),
    update: (id, balance, version) =>
      db.updateTable("accounts").set({ balance, version }).where("id", "=", id).execute(),
    transaction: (from, to, amount, row) =>
      db.transaction().execute(async (tx) => {
        await tx.selectFrom("accounts").select("balance").where("id", "=", from).executeTakeFirst();
        await tx
          .updateTable("accounts")
          .set((eb) => ({ balance: eb("balance", "-", amount) }))
          .where("id", "=", from)
          .execute();
        await tx
          .updateTable("accounts")
          .set((eb) => ({ balance: eb("balance", "+", amount) }))
          .where("id", "=", to)
          .execute();
        await tx.insertInto("audit").values(row).execute();
      }),
    insert: ways.hasReturning
      ? async (row) =>
          (await db.insertInto("audit").values(row).returning("id").executeTakeFirstOrThrow()).id
      : async (row) =>
          Number((await db.insertInto("audit").values(row).executeTakeFirstOrThrow()).insertId),
    bulk: (rows) => db.insertInto("audit").values(rows).execute(),
  };
}
