import { EntitySchema, MikroORM } from "@mikro-orm/sqlite";

import { answer } from "./answer.mjs";
import { customerColumns } from "./customer-columns.mjs";

const properties = {
  id: { type: "integer", primary: true },
  ...Object.fromEntries(
    customerColumns.map((name) => [name, { type: "string", nullable: true, fieldName: name }]),
  ),
};
const customers = new EntitySchema({ name: "customers", tableName: "customers", properties });
const orm = await MikroORM.init({ dbName: process.argv[2], entities: [customers] });
answer(await orm.em.fork().findOne("customers", 77));
