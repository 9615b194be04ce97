import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

import { connectDrizzleSqlite, sqliteMakers } from "../../contenders/shared/drizzle-sqlite.ts";
import { drizzleTables } from "../../contenders/shared/drizzle.ts";
import type { Targets } from "../../run/targets.ts";
import type { ShapesContender } from "../shapes.ts";
import { drizzleShapes } from "./drizzle.ts";

const dated = drizzleTables(sqliteTable, {
  ...sqliteMakers,
  date: (name) => integer(name, { mode: "timestamp" }),
});

export function openDrizzleSqliteShapes(targets: Targets, isPrepared: boolean): ShapesContender {
  const { client, db, tables } = connectDrizzleSqlite(targets);
  const shapes = drizzleShapes({
    db,
    tables,
    datedOrders: dated.orders,
    makeTable: sqliteTable,
    make: sqliteMakers,
    isPrepared,
    isSynchronous: true,
    hasRelations: true,
  });
  return { shapes, close: () => client.close() };
}
