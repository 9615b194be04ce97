import * as library from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { doublePrecision, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import {
  drizzleOperations,
  drizzleRelations,
  drizzleTables,
  type ColumnMakers,
} from "./drizzle.ts";

export const postgresMakers: ColumnMakers = {
  key: (name) => integer(name).primaryKey(),
  countedKey: (name) => integer(name).primaryKey().generatedByDefaultAsIdentity(),
  integer: (name) => integer(name),
  number: (name) => doublePrecision(name),
  string: (name) => text(name),
  text: (name) => text(name),
  date: (name) => timestamp(name, { withTimezone: true }),
};

export function connectDrizzlePostgres(targets: Targets) {
  const client = new pg.Pool({ ...targets.postgres!, max: targets.poolSize });
  const tables = drizzleTables(pgTable, postgresMakers);
  const db = drizzle({ client, relations: drizzleRelations(tables), jit: true });
  return { client, db, tables };
}

export function openDrizzlePostgres(targets: Targets, isPrepared: boolean): Contender {
  const { client, db, tables } = connectDrizzlePostgres(targets);
  const operations = drizzleOperations(db, tables, {
    library,
    like: library.ilike,
    asNumber: (expression) => library.sql`${expression}::int`,
    isPrepared,
    hasRelations: true,
    hasObjectFilters: true,
    hasReturning: true,
  });
  return { operations, close: () => client.end() };
}
