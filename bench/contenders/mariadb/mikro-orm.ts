import { MikroORM } from "@mikro-orm/mariadb";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { mikroEntities, mikroOperations } from "../shared/mikro-orm.ts";

export const title = "mikro-orm (mariadb)";

export async function open(targets: Targets): Promise<Contender> {
  const { database: dbName, ...rest } = targets.mariadb!;
  const orm = await MikroORM.init({
    ...rest,
    dbName,
    timezone: "Z",
    pool: { min: 0, max: targets.poolSize },
    entities: mikroEntities("datetime"),
  });
  const operations = mikroOperations(orm, {
    hasIlike: false,
    asNumber: (text) => `cast(${text} as signed)`,
  });
  return { operations, close: () => orm.close() };
}
