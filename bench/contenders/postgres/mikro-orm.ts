import { MikroORM } from "@mikro-orm/postgresql";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { mikroEntities, mikroOperations } from "../shared/mikro-orm.ts";

export const title = "mikro-orm (pg)";

export async function open(targets: Targets): Promise<Contender> {
  const { database: dbName, ...rest } = targets.postgres!;
  const pool = { min: 0, max: targets.poolSize };
  const orm = await MikroORM.init({ ...rest, dbName, pool, entities: mikroEntities("datetime") });
  const operations = mikroOperations(orm, { hasIlike: true, asNumber: (text) => `${text}::int` });
  return { operations, close: () => orm.close() };
}
