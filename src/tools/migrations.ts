/** Migrations from a program's own code: at its start, or in its tests. */

import { existsSync } from "node:fs";
import { ConfigError } from "../core/error.ts";
import { folderOf, readFolder, type Folders } from "../migrate/folder.ts";
import {
  registered,
  type Migration,
  type MigrationCode,
  type RegisteredMigration,
} from "../migrate/migration.ts";
import {
  applyMigrations,
  readStatus,
  revertMigrations,
  type MigrationStatus,
  type UpOptions,
} from "../migrate/run/runner.ts";
import type { MigrationRun, RunOptions } from "../migrate/run/target.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";

/** A migration's code: the file `migration.ts` of its folder exports it. */
export interface MigrationModule {
  readonly up: MigrationCode<Transaction>;
  readonly down?: MigrationCode<Transaction>;
  /** SQLite: its code makes tables anew, so foreign keys rest meanwhile, and are compared at the end. Default false. */
  readonly rebuild?: boolean;
}

/** Gives a migration's code its types: `export default defineMigration({ async up(tx, schema) { … } })`. */
export function defineMigration(migration: MigrationModule): MigrationModule {
  return migration;
}

/** Where the migrations are: a folder, one for each database, or a list, which a bundled program brings with it. */
export type MigrationSource =
  | { readonly folder?: Folders }
  | { readonly migrations: readonly RegisteredMigration<Transaction>[] };

async function load(db: Database, source: MigrationSource): Promise<Migration<Transaction>[]> {
  if ("migrations" in source) return registered(source.migrations);
  const { families } = db["~engine"].dialect.migrations;
  const folder = folderOf(source.folder ?? "migrations", families);
  // A program that was shipped without them would begin on a database without its tables.
  if (!existsSync(folder)) {
    throw new ConfigError(`There is no folder of migrations ${folder}.`, {
      hint: 'Ship it with the program, and name it by a URL: new URL("../migrations", import.meta.url).',
    });
  }
  return readFolder(folder, families);
}

export type MigrateOptions = MigrationSource & UpOptions;

/**
 * Applies what is pending. Several processes may start at once: each migration runs once, and all wait until it is done.
 *
 * @returns The migrations that this process applied.
 * @throws {ConfigError} when there is no such folder.
 * @throws {MigrationError} before anything runs, when the history doesn't agree with the files, and for one that failed.
 * @example
 * await migrate(db, { folder: new URL("../migrations", import.meta.url) });
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<MigrationRun[]> {
  return applyMigrations(db, await load(db, options), options);
}

/**
 * Takes back the last applied migrations.
 *
 * @param options.count How many; more than there are takes back all. Default 1.
 */
export async function migrateDown(
  db: Database,
  options: MigrationSource & RunOptions & { readonly count?: number } = {},
): Promise<MigrationRun[]> {
  return revertMigrations(db, await load(db, options), options.count, options);
}

/** Every migration that the source or the database knows, in the order of their names. Changes nothing. */
export async function migrationStatus(
  db: Database,
  options: MigrationSource = {},
): Promise<MigrationStatus[]> {
  return readStatus(db, await load(db, options));
}
