import { DataSource } from "typeorm";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { typeormEntities, typeormOperations } from "../shared/typeorm.ts";

export const title = "typeorm (mysql2)";

export async function open(targets: Targets): Promise<Contender> {
  const { user: username, ...rest } = targets.mariadb!;
  const source = await new DataSource({
    type: "mariadb",
    ...rest,
    username,
    timezone: "Z",
    poolSize: targets.poolSize,
    entities: typeormEntities({ integer: "int", number: "double", date: "datetime" }),
  }).initialize();
  const operations = typeormOperations(source, {
    hasIlike: false,
    asNumber: (text) => `cast(${text} as signed)`,
  });
  return { operations, close: () => source.destroy() };
}
