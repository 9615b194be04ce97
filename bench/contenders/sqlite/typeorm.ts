import { DataSource } from "typeorm";

import type { Targets } from "../../run/targets.ts";
import type { Contender } from "../../work/operations.ts";
import { pragmas } from "../../work/statements.ts";
import { typeormEntities, typeormOperations } from "../shared/typeorm.ts";

export const title = "typeorm (better-sqlite3)";

export async function open(targets: Targets): Promise<Contender> {
  const source = await new DataSource({
    type: "better-sqlite3",
    database: targets.sqlite!.file,
    entities: typeormEntities({ integer: "integer", number: "real", date: "integer" }),
    prepareDatabase: (database: { pragma(text: string): void }) => {
      for (const pragma of pragmas) database.pragma(pragma);
    },
  }).initialize();
  const operations = typeormOperations(source, { hasIlike: false, asNumber: (text) => text });
  return { operations, close: () => source.destroy() };
}
