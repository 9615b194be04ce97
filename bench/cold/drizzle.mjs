import { DatabaseSync } from "node:sqlite";

import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-sqlite";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

import { answer } from "./answer.mjs";
import { customerColumns } from "./customer-columns.mjs";

const customers = sqliteTable("customers", {
  id: integer("id").primaryKey(),
  ...Object.fromEntries(customerColumns.map((name) => [name, text(name)])),
});
const client = new DatabaseSync(process.argv[2]);
client.exec("pragma journal_mode = wal");
const db = drizzle({ client, jit: true });
answer(db.select().from(customers).where(eq(customers.id, 77)).get());
