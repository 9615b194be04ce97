import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../core/error.ts";
import { defineSchema, type Schema, type TableMap } from "../schema/schema.ts";
import { isTable } from "../schema/table.ts";
import type { Project } from "./context.ts";

function isSchema(value: unknown): value is Schema {
  if (typeof value !== "object" || value === null || isTable(value)) return false;
  const { tables, views } = value as Partial<Schema>;
  return (
    typeof tables === "object" &&
    typeof views === "object" &&
    Object.values(tables).every((table) => isTable(table))
  );
}

/**
 * The schema that the configuration names: what `defineSchema()` returned, or all exported tables.
 *
 * @throws {ConfigError} when there is no such file, or it exports no table.
 */
export async function loadSchema({ config, folder }: Project): Promise<Schema> {
  const named = config.schema ?? "schema.ts";
  const file = resolve(folder, named);
  if (!existsSync(file)) {
    throw new ConfigError(`There is no schema ${named}.`, {
      hint: "Write its path into plinth.config.ts as `schema`, or run `plinth init`.",
    });
  }
  return schemaOf(await loadModule(file), named);
}

export type LoadedModule = Readonly<Record<string, unknown>>;

export async function loadModule(file: string): Promise<LoadedModule> {
  return (await import(pathToFileURL(file).href)) as LoadedModule;
}

/** @throws {ConfigError} when the module exports no table. */
export function schemaOf(module: LoadedModule, named: string): Schema {
  const whole = Object.values(module).find(isSchema);
  if (whole !== undefined) return whole;
  const tables = Object.entries(module).filter(([, value]) => isTable(value));
  if (tables.length === 0) {
    throw new ConfigError(`${named} exports no table.`, {
      hint: "Export what table() or defineSchema() returned.",
    });
  }
  return defineSchema(Object.fromEntries(tables) as TableMap);
}
