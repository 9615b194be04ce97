/** What every command needs: the configuration, the database, and words for what goes wrong. */

import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { FoldersByDatabase, MigrationSettings, PlinthConfig } from "../connect/config.ts";
import { absoluteUrl, isLocal, noDatabaseError, urlOfVariables } from "../connect/environment.ts";
import { ConfigError, DbError } from "../core/error.ts";
import { connect } from "../entry/main.ts";
import { folderOf } from "../migrate/folder.ts";
import { isRegistry } from "../migrate/registry.ts";
import type { Database } from "../query/database.ts";
import type { Terminal } from "./terminal.ts";
import { safe } from "./text/width.ts";

/** Options that every command with a database takes. */
export const commonOptions = {
  url: { type: "string" },
  config: { type: "string", short: "c" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export interface CommonOptions {
  readonly url?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}

const CONFIG_NAMES = ["ts", "mts", "js", "mjs"].map((ending) => `plinth.config.${ending}`);

export interface Project {
  readonly config: PlinthConfig;
  /** What paths of the configuration are seen from. */
  readonly folder: string;
}

/** @throws {ConfigError} when a file that was named isn't there, or holds no configuration. */
export async function loadProject(options: CommonOptions, cwd: string): Promise<Project> {
  const named = options.config;
  const file =
    named === undefined
      ? CONFIG_NAMES.map((name) => resolve(cwd, name)).find((path) => existsSync(path))
      : resolve(cwd, named);
  if (file === undefined) {
    loadEnvironment(cwd);
    return { config: {}, folder: cwd };
  }
  if (!existsSync(file)) {
    throw new ConfigError(`There is no file ${named}.`, {
      hint: "Name the configuration with --config plinth.config.ts, or run `plinth init`.",
    });
  }
  loadEnvironment(dirname(file));
  const config = file.endsWith(".json")
    ? readJson(file)
    : ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  if (typeof config !== "object" || config === null) {
    throw new ConfigError(`${file} exports no configuration.`, {
      hint: "Write `export default defineConfig({ … })`.",
    });
  }
  return { config, folder: dirname(file) };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new ConfigError(`${file} is not JSON.`);
  }
}

/** Node's own loader leaves variables that are set alone. */
function loadEnvironment(folder: string): void {
  const file = resolve(folder, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
}

function findUrl(options: CommonOptions, { config }: Project): string | undefined {
  return options.url ?? urlOfVariables(config.env) ?? config.url;
}

export function urlOf(options: CommonOptions, project: Project): string {
  const url = findUrl(options, project);
  if (url !== undefined) return url;
  throw noDatabaseError();
}

/** @throws {ConfigError} unless the database is on this machine or `--yes` was given. */
export function requireConsent(url: string, isGiven: boolean, what: string): void {
  if (isGiven || isLocal(url)) return;
  throw new ConfigError(`The database isn't on this machine, and this ${what}.`, {
    hint: "Add --yes if that is what you want.",
  });
}

/** The verbs that know an option. */
export type TakenBy<Options> = Readonly<Partial<Record<keyof Options & string, readonly string[]>>>;

/** @throws {ConfigError} when the verb would go over an option, and so do something else than was asked. */
export function refuseUntaken<Options extends object>(
  [program, verb]: readonly [string, string],
  given: Options,
  takenBy: TakenBy<Options>,
): void {
  for (const [name, verbs] of Object.entries<readonly string[] | undefined>(takenBy)) {
    if (Reflect.get(given, name) === undefined || verbs?.includes(verb) !== false) continue;
    const flag = name === "count" ? "-n" : `--${name}`;
    const those = verbs.map((other) => `\`${program} ${other}\``).join(" and ");
    throw new ConfigError(`\`${program} ${verb}\` takes no ${flag}; nothing was done.`, {
      hint: `It is for ${those}.`,
    });
  }
}

/** As `placedUrl`, for what may do without a database. */
export function placedUrlIfAny(options: CommonOptions, project: Project): string | undefined {
  return findUrl(options, project) === undefined ? undefined : placedUrl(options, project);
}

/** A file that the configuration names is seen from it; one on the command line from where that runs. */
export function placedUrl(options: CommonOptions, project: Project): string {
  const url = urlOf(options, project);
  const isOfConfig = options.url === undefined && url === project.config.url;
  return isOfConfig ? absoluteUrl(url, project.folder) : url;
}

export interface ConnectSettings {
  /** Whether it must be there, as what reads it would make an empty file otherwise. Default false. */
  readonly isThere?: boolean;
}

/** @param url Default: that of the project. */
export function connectProject(
  options: CommonOptions & { readonly "create-database"?: boolean | undefined },
  project: Project,
  url: string = placedUrl(options, project),
  { isThere = false }: ConnectSettings = {},
): Promise<Database> {
  const { naming } = project.config;
  const isMade = options["create-database"] === true ? true : isThere ? false : undefined;
  return connect(url, {
    ...(naming === undefined ? {} : { naming }),
    ...(isMade !== undefined && { createDatabase: isMade }),
  });
}

export function migrationSettings({ config }: Project): MigrationSettings {
  const { migrations = "migrations" } = config;
  return typeof migrations === "string" || !isSettings(migrations)
    ? { folder: migrations }
    : migrations;
}

function isSettings(given: FoldersByDatabase | MigrationSettings): given is MigrationSettings {
  return ["databases", "down", "folder", "ifExists", "layout", "numbering"].some(
    (key) => key in given,
  );
}

/** @param families How files for the database begin, the most fitting first. */
export function migrationFolder(project: Project, families: readonly string[]): string {
  const { folder = "migrations" } = migrationSettings(project);
  return resolve(project.folder, folderOf(folder, families));
}

/** As `migrationFolder`, for what reads or writes snapshots, which migrations in code have none of. */
export function snapshotFolder(
  project: Project,
  families: readonly string[],
  command: string,
): string {
  const folder = migrationFolder(project, families);
  if (!isRegistry(folder)) return folder;
  throw new ConfigError(`\`${command}\` is for migrations in a folder, with SQL and snapshots.`, {
    hint: `These are registered in ${basename(folder)}.`,
  });
}

/** What mends an error of the operating system, whose message says what was done and to which file. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EACCES: "Look at the rights that this user has to that file and to its folder.",
  ENAMETOOLONG: "Give it a shorter name.",
  ENOSPC: "Make room on that disk, and run the command again.",
  EPERM: "Look at the rights that this user has to that file and to its folder.",
  EROFS: "That disk may be read only: write to another one.",
};

/** Tells an error as a person wants to read it. */
export function tell(error: unknown, terminal: Terminal): void {
  if (error instanceof DbError) {
    // Names of a database may stand in it.
    const message = error.message.split("\n").map(safe).join("\n");
    terminal.stderr.write(`plinth: ${message} [${error.code}]\n`);
    return;
  }
  if (error instanceof Error && String(Reflect.get(error, "code")).startsWith("ERR_PARSE_ARGS")) {
    terminal.stderr.write(`plinth: ${error.message} [E_CONFIG]\n`);
    return;
  }
  if (error instanceof Error && Reflect.get(error, "code") === "ERR_MODULE_NOT_FOUND") {
    const hint = "Look at that import, and at what is installed: npm install";
    terminal.stderr.write(`plinth: ${error.message}. ${hint} [E_CONFIG]\n`);
    return;
  }
  const hint =
    error instanceof Error ? SYSTEM_HINTS[String(Reflect.get(error, "code"))] : undefined;
  if (hint !== undefined) {
    terminal.stderr.write(`plinth: ${safe((error as Error).message)}. ${hint} [E_CONFIG]\n`);
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.stderr.write(`plinth: ${text}\n`);
}
