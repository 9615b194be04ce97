import { mysqlTable } from "drizzle-orm/mysql-core";

import { connectDrizzleMariadb, mariadbMakers } from "../../contenders/shared/drizzle-mariadb.ts";
import type { Targets } from "../../run/targets.ts";
import type { ShapesContender } from "../shapes.ts";
import { drizzleShapes } from "./drizzle.ts";

export function openDrizzleMariadbShapes(targets: Targets, isPrepared: boolean): ShapesContender {
  const { client, db, tables } = connectDrizzleMariadb(targets);
  const shapes = drizzleShapes({
    db,
    tables,
    datedOrders: tables.orders,
    makeTable: mysqlTable,
    make: mariadbMakers,
    isPrepared,
    isSynchronous: false,
    hasDuplicateKeys: true,
    hasIterator: true,
    hasRelations: false,
  });
  return { shapes, close: () => client.end() };
}
