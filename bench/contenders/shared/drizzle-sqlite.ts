import { DatabaseSync } from "node:sqlite";

import * as library from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-sqlite";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import {
  drizzleOperations,
  drizzleRelations,
  drizzleTables,
  type ColumnMakers,
} from "./drizzle.ts";

export const sqliteMakers: ColumnMakers = {
  key: (name) => integer(name).primaryKey(),
  countedKey: (name) => integer(name).primaryKey({ autoIncrement: true }),
  integer: (name) => integer(name),
  number: (name) => real(name),
  string: (name) => text(name),
  text: (name) => text(name),
  date: (name) => integer(name),
};

export function connectDrizzleSqlite(targets: Targets) {
  const client = new DatabaseSync(targets.sqlite!.file);
  for (const pragma of pragmas) client.exec(`pragma ${pragma}`);
  const tables = drizzleTables(sqliteTable, sqliteMakers);
  const db = drizzle({ client, relations: drizzleRelations(tables), jit: true });
  return { client, db, tables };
}

export function openDrizzleSqlite(targets: Targets, isPrepared: boolean): Contender {
  const { client, db, tables } = connectDrizzleSqlite(targets);
  const operations = drizzleOperations(db, tables, {
    library,
    like: library.like,
    asNumber: (expression) => expression,
    isPrepared,
    isSynchronous: true,
    hasRelations: true,
    hasObjectFilters: true,
    hasReturning: true,
  });
  return { operations, close: () => client.close() };
}
