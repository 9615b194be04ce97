// Knex. Its rows are open, as only the run is measured: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import type { Knex } from "knex";

import { columnNames } from "../../data/tables.ts";
import type { Operations } from "../../work/operations.ts";
import { nestDetail } from "../../work/statements.ts";

const joinedColumns = [
  ...columnNames("order_details").map((name) => `d.${name}`),
  ...columnNames("products").map((name) => `p.${name} as p_${name}`),
];

export interface KnexWays {
  readonly like: "ilike" | "like";
  readonly asNumber: (expression: string) => string;
  readonly hasReturning: boolean;
  /** How many rows one INSERT may have; undefined: all. */
  readonly batchSize?: number;
}

export function knexOperations(db: Knex, ways: KnexWays): Operations {
  const { asNumber, batchSize, hasReturning, like } = ways;
  return {
    byKey: (id) => db("customers").where("id", id).first(),
    page: (offset) => db("orders").select("*").orderBy("id", "desc").limit(50).offset(offset),
    search: (term) => db("suppliers").select("*").where("company_name", like, `%${term}%`),
    tree: async (id) => {
      const order: any = await db("orders").where("id", id).first();
      const rows: any[] = await db("order_details as d")
        .join("products as p", "p.id", "d.product_id")
        .select(joinedColumns)
        .where("d.order_id", id);
      order.details = rows.map(nestDetail);
      return order;
    },
    aggregate: (after, upTo) =>
      db("orders as o")
        .leftJoin("order_details as d", "d.order_id", "o.id")
        .select(
          "o.id",
          "o.ship_name",
          "o.ship_city",
          "o.ship_country",
          db.raw(`${asNumber("count(d.id)")} as products_count`),
          db.raw(`${asNumber("sum(d.quantity)")} as quantity_sum`),
          db.raw("sum(d.quantity * d.unit_price) as total_price"),
        )
        .where("o.id", ">", after)
        .where("o.id", "<=", upTo)
        .groupBy("o.id")
        .orderBy("o.id"),
    update: (id, balance, version) => db("accounts").where("id", id).update({ balance, version }),
    transaction: (from, to, amount, row) =>
      db.transaction(async (tx) => {
        await tx("accounts").select("balance").where("id", from).first();
        await tx("accounts").where("id", from).decrement("balance", amount);
        await tx("accounts").where("id", to).increment("balance", amount);
        await tx("audit").insert(row);
      }),
    insert: hasReturning
      ? async (row) => (await db("audit").insert(row).returning("id"))[0].id
      : async (row) => (await db("audit").insert(row))[0],
    bulk: (rows) =>
      batchSize === undefined ? db("audit").insert(rows) : db.batchInsert("audit", rows, batchSize),
  };
}
