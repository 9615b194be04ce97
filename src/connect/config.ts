import type { Naming } from "../schema/naming.ts";

/** Folders by database: `sqlite`, `postgres`, `mariadb`, `mysql`, which is also for a MariaDB without one of its own. */
export type FoldersByDatabase = Readonly<Record<string, string>>;

/** How a project keeps its migrations. */
export interface MigrationSettings {
  /**
   * Where they are, seen from the configuration: one folder, or one for each database; or a module, such as
   * `"migration/src/lib.ts"`, that exports the list `migrations`. Default `"migrations"`.
   */
  readonly folder?: FoldersByDatabase | string;
  /**
   * `"folders"`, one for each migration with a snapshot beside its SQL, or `"files"`, plain SQL files beside one another.
   * Only what `generate` writes depends on it: both are read. Default `"folders"`.
   */
  readonly layout?: "files" | "folders";
  /** What names begin with: `20260131094500_`, `m20260131_094500_`, or `001_`. Default `"timestamp"`. */
  readonly numbering?: "m-timestamp" | "sequence" | "timestamp";
  /** Whether `generate` writes the way back too. Default true. */
  readonly down?: boolean;
  /** For which databases `generate` writes SQL. Default: the one of the URL. */
  readonly databases?: readonly ("mariadb" | "mysql" | "postgres" | "sqlite")[];
  /** Whether the SQL says `if not exists` and `if exists`. Default false, as both hide mistakes. */
  readonly ifExists?: boolean;
}

/** What `plinth check` checks, and what it writes. Paths are seen from the configuration. */
export interface CheckSettings {
  /** Patterns of programs. Default: all of TypeScript, but for what is installed, built or declared only. */
  readonly include?: readonly string[];
  /** Patterns of files and folders that are left out, besides those. */
  readonly exclude?: readonly string[];
  /** Patterns of `.sql` files. Default `["queries/**\/*.sql"]`. */
  readonly statements?: readonly string[];
  /** The module that is written. Default `"src/plinth.queries.ts"`, or beside the configuration where there is no `src`. */
  readonly out?: string;
  /** For which databases. Default: those of the migrations, else the one of the URL. */
  readonly databases?: readonly ("mariadb" | "mysql" | "postgres" | "sqlite")[];
}

/** What `plinth.config.ts` says. */
export interface PlinthConfig {
  /** The database; the environment and `--url` go before it. */
  readonly url?: string;
  /** The variables of the environment that may hold the URL; the first that is set goes before `url`. Default `"DATABASE_URL"`. */
  readonly env?: readonly string[] | string;
  /** The module that exports the schema, or its tables, seen from the configuration. Default `"schema.ts"`. */
  readonly schema?: string;
  /** How names are spelt that the declarations leave open, as `connect` is told. */
  readonly naming?: Naming;
  /** A folder, or folders by database, or more of how migrations are kept. Default `"migrations"`. */
  readonly migrations?: FoldersByDatabase | MigrationSettings | string;
  /** How SQL by hand is checked. */
  readonly check?: CheckSettings;
  /** The folder of seeds, seen from the configuration. Default `"seeds"`. */
  readonly seeds?: string;
}

/** Gives a configuration its type: `export default defineConfig({ … })`. */
export function defineConfig(config: PlinthConfig): PlinthConfig {
  return config;
}
