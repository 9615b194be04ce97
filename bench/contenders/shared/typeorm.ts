// TypeORM. Its entities are described by data, so their types are open: hence `any`.
/* oxlint-disable typescript/no-explicit-any -- see above */
import "reflect-metadata";
import { EntitySchema, ILike, Like, type DataSource } from "typeorm";

import { tables, type ColumnKind } from "../../data/tables.ts";
import type { Operations } from "../../work/operations.ts";

const relations: Record<string, any> = {
  orders: { details: { type: "one-to-many", target: "order_details", inverseSide: "order" } },
  order_details: {
    order: {
      type: "many-to-one",
      target: "orders",
      joinColumn: { name: "order_id" },
      inverseSide: "details",
    },
    product: { type: "many-to-one", target: "products", joinColumn: { name: "product_id" } },
  },
};

/** @param types The database's own, of numbers and of dates. */
export function typeormEntities(types: {
  readonly integer: "int" | "integer";
  readonly number: "double" | "double precision" | "real";
  readonly date: "datetime" | "integer" | "timestamp with time zone";
}): EntitySchema<any>[] {
  const typeOf: Record<ColumnKind, any> = {
    key: types.integer,
    countedKey: types.integer,
    integer: types.integer,
    number: types.number,
    string: "varchar",
    text: "text",
    date: types.date,
  };
  return Object.entries(tables).map(([name, columns]) => {
    const described = Object.entries(columns).map(([column, { kind, nullable = false }]) => [
      column,
      {
        type: typeOf[kind],
        nullable,
        ...(column === "id" ? { primary: true } : {}),
        ...(kind === "countedKey" ? { generated: "increment" } : {}),
      },
    ]);
    const entity = { name, tableName: name, columns: Object.fromEntries(described) };
    return new EntitySchema<any>({ ...entity, relations: relations[name] ?? {} });
  });
}

export interface TypeormWays {
  readonly hasIlike: boolean;
  readonly asNumber: (expression: string) => string;
}

export function typeormOperations(source: DataSource, ways: TypeormWays): Operations {
  const { asNumber, hasIlike } = ways;
  const customers = source.getRepository<any>("customers");
  const orders = source.getRepository<any>("orders");
  const suppliers = source.getRepository<any>("suppliers");
  const accounts = source.getRepository<any>("accounts");
  const audit = source.getRepository<any>("audit");
  return {
    byKey: (id) => customers.findOneBy({ id }),
    page: (offset) => orders.find({ order: { id: "DESC" }, take: 50, skip: offset }),
    search: (term) =>
      suppliers.findBy({ company_name: hasIlike ? ILike(`%${term}%`) : Like(`%${term}%`) }),
    tree: (id) => orders.findOne({ where: { id }, relations: { details: { product: true } } }),
    aggregate: async (after, upTo) => {
      const rows: any[] = await orders
        .createQueryBuilder("o")
        .leftJoin("o.details", "d")
        .select(["o.id as id", "o.ship_name as ship_name", "o.ship_city as ship_city"])
        .addSelect("o.ship_country", "ship_country")
        .addSelect(asNumber("count(d.id)"), "products_count")
        .addSelect(asNumber("sum(d.quantity)"), "quantity_sum")
        .addSelect("sum(d.quantity * d.unit_price)", "total_price")
        .where("o.id > :after and o.id <= :upTo", { after, upTo })
        .groupBy("o.id")
        .orderBy("o.id")
        .getRawMany();
      for (const row of rows) {
        // Texts on MariaDB.
        row.products_count = Number(row.products_count);
        row.quantity_sum = Number(row.quantity_sum);
      }
      return rows;
    },
    update: (id, balance, version) => accounts.update({ id }, { balance, version }),
    transaction: (from, to, amount, row) =>
      source.transaction(async (tx) => {
        await tx.findOne<any>("accounts", { where: { id: from }, select: { balance: true } });
        await tx.decrement<any>("accounts", { id: from }, "balance", amount);
        await tx.increment<any>("accounts", { id: to }, "balance", amount);
        await tx.insert("audit", { ...row });
      }),
    // insert() writes the ids into what it is given.
    insert: async (row) => (await audit.insert({ ...row })).identifiers[0]!.id,
    bulk: (rows) => audit.insert(rows.map((row) => ({ ...row }))),
  };
}
