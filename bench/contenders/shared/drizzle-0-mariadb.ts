import * as library from "drizzle-orm-0";
import { datetime, double, int, mysqlTable, varchar } from "drizzle-orm-0/mysql-core";
import { drizzle } from "drizzle-orm-0/mysql2";
import mysql from "mysql2/promise";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { drizzleOperations, drizzleTables } from "./drizzle.ts";

export function openDrizzle0Mariadb(targets: Targets, isPrepared: boolean): Contender {
  const client = mysql.createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  const tables = drizzleTables(mysqlTable, {
    key: (name) => int(name).primaryKey(),
    countedKey: (name) => int(name).primaryKey().autoincrement(),
    integer: (name) => int(name),
    number: (name) => double(name),
    string: (name) => varchar(name, { length: 200 }),
    text: (name) => varchar(name, { length: 200 }),
    date: (name) => datetime(name, { mode: "date" }),
  });
  const db = drizzle({ client });
  const operations = drizzleOperations(db, tables, {
    library,
    like: library.like,
    asNumber: (expression) => library.sql`cast(${expression} as signed)`,
    isPrepared,
    hasRelations: false,
    hasReturning: false,
  });
  return { operations, close: () => client.end() };
}
