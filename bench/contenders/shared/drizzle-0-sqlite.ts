import Database from "better-sqlite3";
import * as library from "drizzle-orm-0";
import { drizzle } from "drizzle-orm-0/better-sqlite3";
import { integer, real, sqliteTable, text } from "drizzle-orm-0/sqlite-core";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import { drizzleOperations, drizzle0Schema, drizzleTables } from "./drizzle.ts";

export function openDrizzle0Sqlite(targets: Targets, isPrepared: boolean): Contender {
  const client = new Database(targets.sqlite!.file);
  for (const pragma of pragmas) client.pragma(pragma);
  const tables = drizzleTables(sqliteTable, {
    key: (name) => integer(name).primaryKey(),
    countedKey: (name) => integer(name).primaryKey({ autoIncrement: true }),
    integer: (name) => integer(name),
    number: (name) => real(name),
    string: (name) => text(name),
    text: (name) => text(name),
    date: (name) => integer(name),
  });
  const db = drizzle({ client, schema: drizzle0Schema(tables) });
  const operations = drizzleOperations(db, tables, {
    library,
    like: library.like,
    asNumber: (expression) => expression,
    isPrepared,
    isSynchronous: true,
    hasSynchronousTransactions: true,
    hasRelations: true,
    hasReturning: true,
  });
  return { operations, close: () => client.close() };
}
