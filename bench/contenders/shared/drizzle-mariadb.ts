import * as library from "drizzle-orm";
import { datetime, double, int, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/mysql2";
import mysql from "mysql2/promise";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { drizzleOperations, drizzleTables, type ColumnMakers } from "./drizzle.ts";

export const mariadbMakers: ColumnMakers = {
  key: (name) => int(name).primaryKey(),
  countedKey: (name) => int(name).primaryKey().autoincrement(),
  integer: (name) => int(name),
  number: (name) => double(name),
  string: (name) => varchar(name, { length: 200 }),
  text: (name) => varchar(name, { length: 200 }),
  date: (name) => datetime(name, { mode: "date" }),
};

export function connectDrizzleMariadb(targets: Targets) {
  const client = mysql.createPool({
    ...targets.mariadb!,
    timezone: "Z",
    connectionLimit: targets.poolSize,
  });
  const tables = drizzleTables(mysqlTable, mariadbMakers);
  return { client, db: drizzle({ client, jit: true }), tables };
}

export function openDrizzleMariadb(targets: Targets, isPrepared: boolean): Contender {
  const { client, db, tables } = connectDrizzleMariadb(targets);
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
