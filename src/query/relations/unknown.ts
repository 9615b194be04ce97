import { BuildError, InvalidValueError } from "../../core/error.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { TableInfo } from "../../schema/table.ts";

export function unknownRelation(
  schema: AnySchema | undefined,
  { table }: TableInfo,
  name: string,
  known: readonly string[],
): BuildError {
  const hint =
    schema === undefined
      ? "Pass the schema that declares it: connect(url, { schema })."
      : known.length === 0
        ? "Declare it in the second argument of defineSchema()."
        : `It has ${known.join(", ")}.`;
  return new BuildError("E_UNKNOWN_RELATION", `Table "${table}" has no relation "${name}".`, {
    hint,
  });
}

export function requireRelations(given: unknown): asserts given is object {
  if (typeof given === "object" && given !== null) return;
  throw new InvalidValueError("with() takes an object of relations, such as { posts: true }.");
}

/**
 * For a database that has no relations at all.
 *
 * @param given What `with` takes.
 * @throws {BuildError} `E_UNKNOWN_RELATION` for the first that is asked for.
 */
export function refuseRelations(
  schema: AnySchema | undefined,
  table: TableInfo,
  given: unknown,
): void {
  requireRelations(given);
  const asked = Object.entries(given).find(([, options]) => options !== undefined);
  if (asked !== undefined) throw unknownRelation(schema, table, asked[0], []);
}
