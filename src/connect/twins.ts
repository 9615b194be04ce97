/** Tables that a schema declares twice, as only the connection's names and its own schema tell. */

import { nextStatementId } from "../dialect/driver.ts";
import { refuse } from "../schema/reference.ts";
import type { AnySchema } from "../schema/schema.ts";
import { infoOf } from "../schema/table.ts";
import type { Engine } from "./source.ts";

interface Declared {
  readonly key: string;
  readonly schema: string | undefined;
  readonly name: string;
}

function inSmall(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Those of one name: they are one table where their schemas are one. */
function namesakesIn({ tables, views }: AnySchema, { dialect, names }: Engine): Declared[][] {
  const byName = new Map<string, Declared[]>();
  for (const [key, declared] of Object.entries({ ...tables, ...views })) {
    const info = infoOf(declared);
    const name = names.table(info.table);
    const spelt = dialect.namesIgnoreCase === true ? inSmall(name) : name;
    const known = byName.get(spelt);
    const own = { key, schema: info.schema, name };
    if (known === undefined) byName.set(spelt, [own]);
    else known.push(own);
  }
  return [...byName.values()].filter(({ length }) => length > 1);
}

/** The schema of what is declared without one; undefined where there is none. */
async function ownSchemaOf({ dialect, source }: Engine): Promise<string | undefined> {
  if (dialect.ownSchema === undefined) return undefined;
  const statement = {
    id: nextStatementId(),
    text: dialect.ownSchema,
    isWrite: false,
    isKept: false,
    isWide: false,
    untyped: [],
  };
  try {
    const [cells] = await source.rows(statement, []);
    const name = cells?.[0];
    return typeof name === "string" ? name : undefined;
  } catch (error) {
    throw dialect.toDbError(error);
  }
}

function refuseTwins(namesakes: readonly Declared[], ownSchema: string | undefined): void {
  const keys = new Map<string | undefined, string>();
  for (const { key, name, schema = ownSchema } of namesakes) {
    const other = keys.get(schema);
    if (other !== undefined) {
      const place = schema === undefined ? "" : ` of the schema "${schema}"`;
      refuse(
        `"${other}" and "${key}" of the schema are one table in the database, "${name}"${place}.`,
        "Declare it once. What is known of one declaration, such as its hooks and cached rows, isn't known of another.",
      );
    }
    keys.set(schema, key);
  }
}

/**
 * Refuses two declarations of one table. The server is asked for the connection's own schema only where tables of one name
 * differ in whether they name theirs.
 *
 * @throws {ConfigError} `E_SCHEMA`
 */
export async function refuseTwinTables(schema: AnySchema, engine: Engine): Promise<void> {
  const shared = namesakesIn(schema, engine);
  for (const namesakes of shared) refuseTwins(namesakes, undefined);
  const unsure = shared.filter((namesakes) =>
    namesakes.some((declared) => declared.schema === undefined),
  );
  if (unsure.length === 0) return;
  const ownSchema = await ownSchemaOf(engine);
  for (const namesakes of unsure) refuseTwins(namesakes, ownSchema);
}
