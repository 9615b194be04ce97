import { DataSource } from "typeorm";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { typeormEntities, typeormOperations } from "../shared/typeorm.ts";

export const title = "typeorm (pg)";

export async function open(targets: Targets): Promise<Contender> {
  const { user: username, ...rest } = targets.postgres!;
  const date = "timestamp with time zone";
  const source = await new DataSource({
    type: "postgres",
    ...rest,
    username,
    poolSize: targets.poolSize,
    entities: typeormEntities({ integer: "int", number: "double precision", date }),
  }).initialize();
  const operations = typeormOperations(source, {
    hasIlike: true,
    asNumber: (text) => `${text}::int`,
  });
  return { operations, close: () => source.destroy() };
}
