/** What stands among migrations, is named like one, and is none. */

import { existsSync, readdirSync, readFileSync, type Dirent } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isRegistry } from "./registry.ts";

export interface Overlooked {
  /** Of the file or the folder. */
  readonly name: string;
  readonly remedy: string;
}

/** As `generate` numbers them, and other tools do. */
const NUMBERED = /^m?\d+[_-]/;
/** Neither declarations nor tests. */
const CODE_FILE = /^([^.]+)\.[mc]?[jt]s$/;

function entriesOf(folder: string): Dirent[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
}

/** Files in code beside the module that it doesn't name. */
function besideRegistry(registry: string, known: ReadonlySet<string>): Overlooked[] {
  const text = readFileSync(registry, "utf8");
  return entriesOf(dirname(registry)).flatMap((entry) => {
    const [, name = ""] = CODE_FILE.exec(entry.isFile() ? entry.name : "") ?? [];
    if (!NUMBERED.test(name) || known.has(name) || text.includes(name)) return [];
    const remedy = `register it in ${basename(registry)}, as what isn't in its list isn't run`;
    return [{ name: entry.name, remedy }];
  });
}

/** Folders that hold something, but nothing of which a migration is made. */
function inFolder(folder: string, known: ReadonlySet<string>): Overlooked[] {
  return entriesOf(folder).flatMap((entry) => {
    const { name } = entry;
    if (!entry.isDirectory() || !NUMBERED.test(name) || known.has(name)) return [];
    if (entriesOf(join(folder, name)).length === 0) return [];
    return [{ name, remedy: "it holds no up.sql and no migration.ts: write one, or delete it" }];
  });
}

/**
 * What a person may take for a migration, and is never run.
 *
 * @param folder Of migrations, or the module that registers them.
 */
export function overlookedIn(
  folder: string,
  migrations: readonly { readonly name: string }[],
): Overlooked[] {
  const known = new Set(migrations.map(({ name }) => name));
  return isRegistry(folder) ? besideRegistry(folder, known) : inFolder(folder, known);
}
