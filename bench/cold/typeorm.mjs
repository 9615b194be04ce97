import "reflect-metadata";
import { DataSource, EntitySchema } from "typeorm";

import { answer } from "./answer.mjs";
import { customerColumns } from "./customer-columns.mjs";

const customers = new EntitySchema({
  name: "customers",
  columns: {
    id: { type: "integer", primary: true },
    ...Object.fromEntries(customerColumns.map((name) => [name, { type: "text", nullable: true }])),
  },
});
const options = { type: "better-sqlite3", database: process.argv[2], entities: [customers] };
const source = await new DataSource(options).initialize();
answer(await source.getRepository("customers").findOneBy({ id: 77 }));
