// MikroORM. Its entities are described by data, so their types are open: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import { EntitySchema, raw } from "@mikro-orm/core";

import { tables, type ColumnKind } from "../../data/tables.ts";
import type { Operations } from "../../work/operations.ts";

/** @param date What stores dates: whole seconds on SQLite. */
export function mikroEntities(date: "datetime" | "integer"): EntitySchema<any>[] {
  const typeOf: Record<ColumnKind, string> = {
    key: "integer",
    countedKey: "integer",
    integer: "integer",
    number: "double",
    string: "string",
    text: "text",
    date,
  };
  return Object.entries(tables).map(([name, columns]) => {
    const properties: Record<string, any> = {};
    for (const [column, { kind, nullable = false }] of Object.entries(columns)) {
      properties[column] =
        column === "id"
          ? { type: "integer", primary: true, autoincrement: kind === "countedKey" }
          : { type: typeOf[kind], nullable, fieldName: column };
    }
    if (name === "orders")
      properties.details = { kind: "1:m", entity: () => "order_details", mappedBy: "order" };
    if (name === "order_details") {
      properties.order_id.persist = false;
      properties.product_id.persist = false;
      const order = { fieldName: "order_id", inversedBy: "details" };
      properties.order = { kind: "m:1", entity: () => "orders", ...order };
      properties.product = { kind: "m:1", entity: () => "products", fieldName: "product_id" };
    }
    return new EntitySchema<any>({ name, tableName: name, properties });
  });
}

export interface MikroWays {
  readonly hasIlike: boolean;
  readonly asNumber: (expression: string) => string;
}

/** A fork for each operation, as its documentation asks of each request. */
export function mikroOperations(orm: { readonly em: any }, ways: MikroWays): Operations {
  const { asNumber, hasIlike } = ways;
  const fork = (): any => orm.em.fork();
  return {
    byKey: (id) => fork().findOne("customers", id),
    page: (offset) => fork().find("orders", {}, { orderBy: { id: "desc" }, limit: 50, offset }),
    search: (term) =>
      fork().find("suppliers", { company_name: { [hasIlike ? "$ilike" : "$like"]: `%${term}%` } }),
    tree: (id) => fork().findOne("orders", id, { populate: ["details.product"] }),
    aggregate: (after, upTo) =>
      fork()
        .createQueryBuilder("orders", "o")
        .select([
          "o.id",
          "o.ship_name",
          "o.ship_city",
          "o.ship_country",
          raw(`${asNumber("count(d.id)")} as products_count`),
          raw(`${asNumber("sum(d.quantity)")} as quantity_sum`),
          raw("sum(d.quantity * d.unit_price) as total_price"),
        ])
        .leftJoin("o.details", "d")
        .where({ id: { $gt: after, $lte: upTo } })
        .groupBy("o.id")
        .orderBy({ id: "asc" })
        .execute("all"),
    update: (id, balance, version) => fork().nativeUpdate("accounts", { id }, { balance, version }),
    transaction: (from, to, amount, row) =>
      fork().transactional(async (tx: any) => {
        await tx.findOne("accounts", from, { fields: ["balance"] });
        const debit = { balance: raw("balance - ?", [amount]) };
        const credit = { balance: raw("balance + ?", [amount]) };
        await tx.nativeUpdate("accounts", { id: from }, debit);
        await tx.nativeUpdate("accounts", { id: to }, credit);
        await tx.insert("audit", row);
      }),
    insert: (row) => fork().insert("audit", row),
    bulk: (rows) => fork().insertMany("audit", rows),
  };
}
