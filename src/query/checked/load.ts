import type { Engine } from "../../connect/source.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { CheckedQueries } from "./module.ts";
import type { CheckedStatements } from "./statements.ts";

/** What `query()` of a database may run. Its code is loaded where there is something. */
export async function loadChecked(
  queries: Pick<CheckedQueries, "~checked"> | undefined,
  engine: Engine,
  schema: AnySchema | undefined,
): Promise<CheckedStatements | undefined> {
  if (queries === undefined) return undefined;
  const { CheckedStatements } = await import("./statements.ts");
  return new CheckedStatements(queries["~checked"], engine, schema);
}
