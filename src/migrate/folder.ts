/** Reads a folder of migrations, in any of the layouts that there are, or the module that registers them. */

import { readdirSync, readFileSync, type Dirent } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ConfigError, MigrationError } from "../core/error.ts";
import {
  checksumOf,
  inOrder,
  type Migration,
  type MigrationCode,
  type MigrationSide,
} from "./migration.ts";
import { isRegistry, readRegistry } from "./registry.ts";
import { withSchemas } from "./snapshot/nearest.ts";

/** A folder, or one for each database by how its files begin. A module in place of a folder exports the list of them. */
export type Folders = Readonly<Record<string, URL | string>> | URL | string;

/**
 * The path of one database's folder.
 *
 * @param families How files for the database begin, the most fitting first.
 * @throws {ConfigError} when it has none.
 */
export function folderOf(folders: Folders, families: readonly string[]): string {
  if (typeof folders === "string") return folders;
  if (folders instanceof URL) return fileURLToPath(folders);
  const own = families.find((family) => Object.hasOwn(folders, family));
  if (own !== undefined) return folderOf(folders[own]!, families);
  throw new ConfigError(`No folder of migrations is named for ${families[0]}.`, {
    hint: `Name one beside ${Object.keys(folders).join(", ")}.`,
  });
}

/** The files of one migration for one database. */
interface MigrationFiles {
  readonly name: string;
  readonly up: string | undefined;
  readonly down: string | undefined;
  readonly code: string | undefined;
  /** Whether there are files for other databases. */
  readonly hasOthers: boolean;
}

const CODE_FILE = /\.(?:ts|mts|js|mjs)$/;
/** A migration's code in its folder. */
const CODE_NAMES = ["migration.ts", "migration.mts", "migration.js", "migration.mjs"];

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new MigrationError("E_MIGRATION_INVALID", `The folder ${folder} can't be read.`, {
      cause,
    });
  }
}

/**
 * `<name>/postgres.up.sql`, `<name>/up.sql`, `<name>/migration.ts`, each with its `down`; `<name>/migration.sql`, as other
 * tools write it, without a way back.
 */
function filesOfFolder(folder: string, name: string, families: readonly string[]): MigrationFiles {
  const inside = new Set(entriesOf(join(folder, name)).map((entry) => entry.name));
  const first = (names: readonly string[]): string | undefined => {
    const found = names.find((candidate) => inside.has(candidate));
    return found && join(folder, name, found);
  };
  const sqlNames = (way: string): string[] => [
    ...families.map((family) => `${family}.${way}.sql`),
    `${way}.sql`,
  ];
  return {
    name,
    up: first([...sqlNames("up"), "migration.sql"]),
    down: first(sqlNames("down")),
    code: first(CODE_NAMES),
    hasOthers: [...inside].some((file) => file.endsWith(".up.sql")),
  };
}

/** `<name>.up.sql` and `<name>.down.sql`, `<name>.sql` without a way back, `<name>.ts`. */
function filesOfFlat(folder: string, files: readonly string[]): MigrationFiles[] {
  const known = new Map<string, MigrationFiles>();
  for (const file of files) {
    const [, name = "", kind = ""] =
      /^(.+?)(\.up\.sql|\.down\.sql|\.sql|\.[mc]?[jt]s)$/.exec(file) ?? [];
    if (name === "" || file.endsWith(".d.ts")) continue;
    const before = known.get(name) ?? {
      name,
      up: undefined,
      down: undefined,
      code: undefined,
      hasOthers: false,
    };
    const path = join(folder, file);
    if (kind === ".down.sql") known.set(name, { ...before, down: path });
    else if (CODE_FILE.test(kind)) known.set(name, { ...before, code: path });
    else if (before.up === undefined) known.set(name, { ...before, up: path });
    else {
      throw new MigrationError(
        "E_MIGRATION_INVALID",
        `Migration "${name}" has both ${name}.sql and ${name}.up.sql.`,
        { hint: "Delete one of them." },
      );
    }
  }
  return [...known.values()];
}

interface CodeModule<Tx> {
  readonly up?: MigrationCode<Tx>;
  readonly down?: MigrationCode<Tx>;
  readonly rebuild?: boolean;
}

async function importCode<Tx>(file: string): Promise<CodeModule<Tx>> {
  const module = (await import(pathToFileURL(file).href)) as { default?: CodeModule<Tx> };
  const { up, down, rebuild } = module.default ?? (module as CodeModule<Tx>);
  const isCode = (part: unknown): boolean => part === undefined || typeof part === "function";
  if (typeof up !== "function" || !isCode(down)) {
    throw new MigrationError("E_MIGRATION_INVALID", `${file} exports no migration.`, {
      hint: "Write `export default defineMigration({ async up(tx) { … }, async down(tx) { … } })`.",
    });
  }
  return { up, ...(down !== undefined && { down }), ...(rebuild === true && { rebuild }) };
}

function read(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

async function load<Tx>(files: MigrationFiles, product: string): Promise<Migration<Tx>> {
  const { name, hasOthers } = files;
  const sql = { up: read(files.up), down: read(files.down) };
  if (sql.up === undefined && files.code === undefined) {
    throw new MigrationError(
      "E_MIGRATION_INVALID",
      `Migration "${name}" has nothing for ${product}.`,
      {
        hint: hasOthers
          ? `Run \`plinth migrate generate --fill --database ${product}\`, or write its SQL for ${product} beside that for the other databases.`
          : "Write its SQL into up.sql, or delete its folder.",
      },
    );
  }
  const code: Partial<CodeModule<Tx>> =
    files.code === undefined ? {} : await importCode<Tx>(files.code);
  const source = read(files.code) ?? "";
  const side = (way: "down" | "up"): MigrationSide<Tx> => ({
    sql: sql[way],
    code: code[way],
    checksum: checksumOf(sql[way] ?? "", source),
  });
  const canGoBack =
    (sql.up === undefined || sql.down !== undefined) &&
    (code.up === undefined || code.down !== undefined);
  return {
    name,
    up: side("up"),
    down: canGoBack ? side("down") : undefined,
    ...(code.rebuild === true && { isRebuild: true }),
  };
}

const OWN_FILES =
  /^(?:(?:[a-z0-9]+\.)?(?:up|down)\.sql|migration\.(?:sql|[cm]?[jt]s)|snapshot\.json)$/;

/** The paths of all that a migration is made of, for every database, whatever its layout; not what people put beside it. */
export function filesOfMigration(folder: string, name: string): string[] {
  const inside = entriesOf(join(folder, name))
    .filter((entry) => entry.isFile() && OWN_FILES.test(entry.name))
    .map((entry) => join(folder, name, entry.name));
  const endings = [".sql", ".up.sql", ".down.sql", ".snapshot.json", ".ts", ".mts", ".js", ".mjs"];
  const flat = new Set(entriesOf(folder).flatMap((entry) => (entry.isFile() ? entry.name : [])));
  return [
    ...inside,
    ...endings.flatMap((end) => (flat.has(name + end) ? join(folder, name + end) : [])),
  ];
}

/**
 * The migrations of a folder in their order, or of a module that registers them; none where there is no folder.
 *
 * @param families How files for this database begin, the most fitting first, such as `["mariadb", "mysql"]`.
 * @throws {MigrationError} `E_MIGRATION_INVALID` for one that has no SQL for this database.
 */
export async function readFolder<Tx>(
  folder: string,
  families: readonly string[],
): Promise<Migration<Tx>[]> {
  if (isRegistry(folder)) return readRegistry<Tx>(folder);
  const entries = entriesOf(folder).filter(({ name }) => !/^[._]/.test(name));
  const folders = entries
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => filesOfFolder(folder, name, families))
    .filter(({ up, code, hasOthers }) => up !== undefined || code !== undefined || hasOthers);
  const flat = filesOfFlat(
    folder,
    entries.filter((entry) => entry.isFile()).map(({ name }) => name),
  );
  const migrations: Migration<Tx>[] = [];
  for (const files of [...folders, ...flat]) migrations.push(await load(files, families[0]!));
  return withSchemas(folder, inOrder(migrations));
}
