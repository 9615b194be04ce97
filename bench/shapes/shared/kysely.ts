// Kysely. The tables' types are left open, as only the run is measured: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import { sql, type Kysely } from "kysely";

import { nestedOrders, type KyselyWays } from "../../contenders/shared/kysely.ts";
import { columnNames } from "../../data/tables.ts";
import { nestDetail } from "../../work/statements.ts";
import { streamedRows, type Shapes } from "../shapes.ts";
import { withDates } from "./raw.ts";

export interface KyselyShapeWays extends Pick<KyselyWays, "json" | "treeDb"> {
  /** Where its driver reads bit by bit without a further package; elsewhere a stream is all rows at once. */
  readonly hasStream: boolean;
  /** MySQL has another way to say what is done when the row is there. */
  readonly hasDuplicateKeys?: boolean;
  /** SQLite keeps dates as whole seconds. */
  readonly hasSeconds?: boolean;
}

const joinedColumns = [
  ...columnNames("order_details").map((name) => `d.${name}`),
  ...columnNames("products").map((name) => `p.${name} as p_${name}`),
];

export function kyselyShapes(db: Kysely<any>, ways: KyselyShapeWays): Shapes {
  const { json, treeDb = db } = ways;
  const inList = (ids: number[]) =>
    db.selectFrom("orders").selectAll().where("id", "in", ids).orderBy("id").execute();

  const orders = () => db.selectFrom("orders").selectAll();

  async function treesOfTwoQueries(after: number) {
    const found: any[] = await orders()
      .where("id", ">", after)
      .where("id", "<=", after + 50)
      .orderBy("id")
      .execute();
    const rows = await db
      .selectFrom("order_details as d")
      .innerJoin("products as p", "p.id", "d.product_id")
      .select(joinedColumns as any)
      .where(
        "d.order_id",
        "in",
        found.map(({ id }) => id),
      )
      .execute();
    const byId = new Map(found.map((order) => [order.id, order]));
    for (const order of found) order.details = [];
    for (const row of rows.map(nestDetail)) byId.get(row.order_id).details.push(row);
    return found;
  }

  return {
    wide: (after) =>
      db.selectFrom("wide").selectAll().where("id", ">", after).orderBy("id").limit(50).execute(),
    filters({ customerId, employeeId, maxFreight, minFreight, shipVia }) {
      let query = db.selectFrom("orders").selectAll().where("customer_id", "=", customerId);
      if (employeeId !== undefined) query = query.where("employee_id", "=", employeeId);
      if (shipVia !== undefined) query = query.where("ship_via", "=", shipVia);
      if (minFreight !== undefined) query = query.where("freight", ">=", minFreight);
      if (maxFreight !== undefined) query = query.where("freight", "<=", maxFreight);
      return query.orderBy("id", "desc").limit(20).execute();
    },
    inList,
    joins: (orderId) =>
      db
        .selectFrom("order_details as d")
        .innerJoin("orders as o", "o.id", "d.order_id")
        .innerJoin("products as p", "p.id", "d.product_id")
        .innerJoin("suppliers as s", "s.id", "p.supplier_id")
        .innerJoin("customers as c", "c.id", "o.customer_id")
        .innerJoin("employees as e", "e.id", "o.employee_id")
        .select([
          "d.id",
          "d.quantity",
          "p.name as product",
          "s.company_name as supplier",
          "c.company_name as customer",
          "e.last_name as employee",
        ])
        .where("d.order_id", "=", orderId)
        .orderBy("d.id")
        .execute(),
    stream: async () => {
      let sum = 0;
      const query = db
        .selectFrom("order_details")
        .select(["id", "quantity", "unit_price"])
        .orderBy("id")
        .limit(streamedRows);
      const rows = ways.hasStream ? query.stream() : await query.execute();
      for await (const row of rows) sum += row.quantity;
      return sum;
    },
    upsert: (id, name) => {
      const insert = db.insertInto("counters").values({ id, name, hits: 1 });
      const set = { hits: sql`counters.hits + 1` };
      return ways.hasDuplicateKeys
        ? insert.onDuplicateKeyUpdate(set).execute()
        : insert.onConflict((conflict) => conflict.column("id").doUpdateSet(set)).execute();
    },
    updateMany: (rows) =>
      db.transaction().execute(async (tx) => {
        for (const { balance, id } of rows)
          await tx.updateTable("accounts").set({ balance }).where("id", "=", id).execute();
      }),
    keyset: async (minFreight) => {
      const found: any[] = [];
      for (let page = 0; page < 3; page++) {
        const last = found.at(-1);
        let query = db.selectFrom("orders").selectAll().where("freight", ">=", minFreight);
        if (last !== undefined)
          query = query.where((e) =>
            e.or([
              e("order_date", "<", last.order_date),
              e.and([e("order_date", "=", last.order_date), e("id", "<", last.id)]),
            ]),
          );
        found.push(
          ...(await query.orderBy("order_date", "desc").orderBy("id", "desc").limit(20).execute()),
        );
      }
      return found;
    },
    related: (after, minFreight) =>
      db
        .selectFrom("customers as c")
        .selectAll()
        .where("id", ">", after)
        .where((e) =>
          e.exists(
            e
              .selectFrom("orders as o")
              .select("o.id")
              .whereRef("o.customer_id", "=", "c.id")
              .where("o.freight", ">", minFreight),
          ),
        )
        .orderBy("id")
        .limit(20)
        .execute(),
    checkedList: inList,
    trees:
      json === undefined
        ? treesOfTwoQueries
        : (after) =>
            nestedOrders(treeDb, json)
              .where("orders.id", ">", after)
              .where("orders.id", "<=", after + 50)
              .orderBy("orders.id")
              .execute(),
    rows: async (after) => {
      const rows = await orders().where("id", ">", after).orderBy("id").limit(1000).execute();
      return ways.hasSeconds ? withDates(rows) : rows;
    },
  };
}
