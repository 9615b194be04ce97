/** Reads a folder of seeds: those of its own for everybody, those of a folder in it for one environment. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../../core/error.ts";
import { checksumOf, compareNames } from "../../migrate/migration.ts";
import type { Transaction } from "../../query/client.ts";

/** Writes what an application begins with, in a transaction. */
export type SeedCode = (tx: Transaction) => Promise<unknown>;

export interface SeedSource {
  /** Such as `001_roles`, or `development/001_people`. */
  readonly name: string;
  readonly run: SeedCode | string;
  /** Of the file's text: changes when it is edited. */
  readonly checksum: string;
}

const CODE = /\.[mc]?[jt]s$/;
/** `roles.postgres.sql` is for one database, `roles.sql` and `roles.ts` for all. */
const SEED = /^(?<name>.+?)(?:(?:\.(?<family>[a-z]+))?\.sql|\.[mc]?[jt]s)$/;

function filesOf(folder: string, isNeeded: boolean): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^[._]|\.d\.[mc]?ts$/.test(entry.name))
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    if (!isNeeded) return [];
    throw new ConfigError(`There is no folder of seeds, ${folder}.`, {
      hint: "Make it, or name another: `seeds` in the configuration, or --folder.",
    });
  }
}

async function readCode(file: string): Promise<SeedCode> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (typeof module.default === "function") return module.default as SeedCode;
  throw new ConfigError(`${file} exports no seed.`, {
    hint: "Write `export default defineSeed(async (tx) => { … })`.",
  });
}

/** The file of each seed for this database: one that names it goes before one for all. */
function chosen(files: readonly string[], families: readonly string[]): Map<string, string> {
  const byName = new Map<string, Map<string, string>>();
  for (const file of files) {
    const { name, family = "" } = SEED.exec(file)?.groups ?? {};
    if (name === undefined) continue;
    const known = byName.get(name) ?? new Map<string, string>();
    if (known.has(family)) {
      throw new ConfigError(`Two seeds are named "${name}": ${known.get(family)} and ${file}.`, {
        hint: "Rename one of them.",
      });
    }
    byName.set(name, known.set(family, file));
  }
  const found = new Map<string, string>();
  for (const [name, known] of byName) {
    const family = [...families, ""].find((candidate) => known.has(candidate));
    if (family === undefined) {
      throw new ConfigError(`The seed "${name}" has nothing for ${families[0]}.`, {
        hint: `Write ${name}.${families[0]}.sql, or ${name}.sql for all.`,
      });
    }
    found.set(name, known.get(family)!);
  }
  return found;
}

/**
 * The seeds of a folder in the order of their names, those for all environments first.
 *
 * @param families How files for this database end, the most fitting first, such as `["mariadb", "mysql"]`.
 */
export async function readSeeds(
  folder: string,
  environment: string,
  families: readonly string[],
): Promise<SeedSource[]> {
  const seeds: SeedSource[] = [];
  for (const [place, prefix, isNeeded] of [
    [folder, "", true],
    [join(folder, environment), `${environment}/`, false],
  ] as const) {
    const files = chosen(filesOf(place, isNeeded), families);
    for (const name of [...files.keys()].toSorted(compareNames)) {
      const file = join(place, files.get(name)!);
      const text = readFileSync(file, "utf8");
      const run = CODE.test(file) ? await readCode(file) : text;
      seeds.push({ name: `${prefix}${name}`, run, checksum: checksumOf(text) });
    }
  }
  return seeds;
}
