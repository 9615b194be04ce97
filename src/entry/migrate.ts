/** Migrations for programs: what the command line does, at a program's start. */

export {
  defineMigration,
  migrate,
  migrateDown,
  migrationStatus,
  type MigrateOptions,
  type MigrationModule,
  type MigrationSource,
} from "../tools/migrations.ts";
export { MigrationError } from "../core/error.ts";
export type { MigrationCode, RegisteredMigration } from "../migrate/migration.ts";
export type { AlterOptions, BesideOptions, SchemaWords } from "../migrate/schema-words.ts";
export type { MigrationState, MigrationStatus, UpOptions } from "../migrate/run/runner.ts";
export type { MigrationRun, RunOptions } from "../migrate/run/target.ts";
