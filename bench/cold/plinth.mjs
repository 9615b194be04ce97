import { connect, integer, table, text } from "../../dist/entry/main.js";

import { answer } from "./answer.mjs";
import { customerColumns } from "./customer-columns.mjs";

const customers = table("customers", {
  id: integer().primaryKey(),
  ...Object.fromEntries(customerColumns.map((name) => [name, text()])),
});
const db = await connect(`sqlite:${process.argv[2]}`);
answer(await db.from(customers).find(77));
