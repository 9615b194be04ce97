/** A module that registers migrations: the list that it exports is all that there are, whatever files stand beside it. */

import { dirname, extname, join } from "node:path";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { ConfigError, MigrationError } from "../core/error.ts";
import { registered, type Migration, type RegisteredMigration } from "./migration.ts";

/** Whether a project's migrations are at a module, such as `migration/src/lib.ts`, and not in a folder. */
export function isRegistry(path: string): boolean {
  return /\.[mc]?[jt]s$/.test(path);
}

/** @throws {ConfigError} */
export function requireRegistry(file: string): void {
  if (existsSync(file)) return;
  throw new ConfigError(`There is no module ${file}, which is to register the migrations.`, {
    hint: "Write it: `export const migrations: readonly RegisteredMigration<Transaction>[] = [];`",
  });
}

/** @throws {ConfigError} for a module that isn't there; {MigrationError} `E_MIGRATION_INVALID` for one without a list. */
export async function readRegistry<Tx>(file: string): Promise<Migration<Tx>[]> {
  requireRegistry(file);
  const module = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  const list = module["migrations"] ?? module["default"];
  if (!Array.isArray(list) || !list.every(isRegistered)) {
    throw new MigrationError("E_MIGRATION_INVALID", `${file} exports no list of migrations.`, {
      hint: "Write `export const migrations = [{ name, up, down }, …]`.",
    });
  }
  return registered(list as RegisteredMigration<Tx>[]);
}

function isRegistered(entry: unknown): boolean {
  if (typeof entry !== "object" || entry === null) return false;
  const { down, name, up } = entry as Partial<RegisteredMigration<unknown>>;
  const isSide = (side: unknown): boolean => typeof side === "string" || typeof side === "function";
  return typeof name === "string" && isSide(up) && (down === undefined || isSide(down));
}

/** A new migration in code: its file beside the module, its text, and the import that registers it. */
export interface NewModule {
  readonly file: string;
  readonly text: string;
  readonly registration: string;
}

export function newModule(registry: string, name: string, hasDown: boolean): NewModule {
  const ending = extname(registry);
  const down = hasDown ? "  down: async (tx, schema) => {},\n" : "";
  // Names of migrations may begin with a digit or hold other signs, names in programs may not.
  const word = name.replaceAll(/\W/g, "_").replace(/^(?=\d)/, "m");
  return {
    file: join(dirname(registry), name + ending),
    text: `import { defineMigration } from "plinth/migrate";

export default defineMigration({
  up: async (tx, schema) => {},
${down}});
`,
    registration: `import ${word} from "./${name}${ending}";`,
  };
}
