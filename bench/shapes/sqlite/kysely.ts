// Kysely. The tables' types are left open, as only the run is measured: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";

import type { Targets } from "../../run/targets.ts";
import { pragmas } from "../../work/statements.ts";
import { streamedRows, type ShapesContender } from "../shapes.ts";

export const title = "kysely (better-sqlite3)";

export function open(targets: Targets): ShapesContender {
  const database = new Database(targets.sqlite!.file);
  for (const pragma of pragmas) database.pragma(pragma);
  const db = new Kysely<any>({ dialect: new SqliteDialect({ database }) });
  const inList = (ids: number[]) =>
    db.selectFrom("orders").selectAll().where("id", "in", ids).orderBy("id").execute();

  return {
    shapes: {
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
        const rows = db
          .selectFrom("order_details")
          .select(["id", "quantity", "unit_price"])
          .orderBy("id")
          .limit(streamedRows)
          .stream();
        for await (const row of rows) sum += row.quantity;
        return sum;
      },
      upsert: (id, name) =>
        db
          .insertInto("counters")
          .values({ id, name, hits: 1 })
          .onConflict((conflict) =>
            conflict.column("id").doUpdateSet({ hits: sql`counters.hits + 1` }),
          )
          .execute(),
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
            ...(await query
              .orderBy("order_date", "desc")
              .orderBy("id", "desc")
              .limit(20)
              .execute()),
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
    },
    close: () => db.destroy(),
  };
}
