import { pgTable } from "drizzle-orm/pg-core";

import {
  connectDrizzlePostgres,
  postgresMakers,
} from "../../contenders/shared/drizzle-postgres.ts";
import type { Targets } from "../../run/targets.ts";
import type { ShapesContender } from "../shapes.ts";
import { drizzleShapes } from "./drizzle.ts";

export function openDrizzlePostgresShapes(targets: Targets, isPrepared: boolean): ShapesContender {
  const { client, db, tables } = connectDrizzlePostgres(targets);
  const shapes = drizzleShapes({
    db,
    tables,
    datedOrders: tables.orders,
    makeTable: pgTable,
    make: postgresMakers,
    isPrepared,
    isSynchronous: false,
    hasRelations: true,
  });
  return { shapes, close: () => client.end() };
}
