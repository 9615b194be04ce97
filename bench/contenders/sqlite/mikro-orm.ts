import { MikroORM } from "@mikro-orm/sqlite";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import { mikroEntities, mikroOperations } from "../shared/mikro-orm.ts";

export const title = "mikro-orm";

export async function open(targets: Targets): Promise<Contender> {
  const dbName = targets.sqlite!.file;
  const orm = await MikroORM.init({ dbName, entities: mikroEntities("integer") });
  for (const pragma of pragmas) await orm.em.getConnection().execute(`pragma ${pragma}`);
  const operations = mikroOperations(orm, { hasIlike: false, asNumber: (text) => text });
  return { operations, close: () => orm.close() };
}
