import Database from "better-sqlite3";
import { eq } from "drizzle-orm-0";
import { drizzle } from "drizzle-orm-0/better-sqlite3";
import { integer, sqliteTable, text } from "drizzle-orm-0/sqlite-core";

import { answer } from "./answer.mjs";
import { customerColumns } from "./customer-columns.mjs";

const customers = sqliteTable("customers", {
  id: integer("id").primaryKey(),
  ...Object.fromEntries(customerColumns.map((name) => [name, text(name)])),
});
const db = drizzle(new Database(process.argv[2]));
answer(db.select().from(customers).where(eq(customers.id, 77)).get());
