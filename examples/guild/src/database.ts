import { existsSync } from "node:fs";
import { connect, type Database, type EncryptionSettings, type Executor } from "plinth";
import { migrate } from "plinth/migrate";
import config from "../plinth.config.ts";
import { queries } from "./plinth.queries.ts";
import { schema } from "./schema/schema.ts";

/** A database or a transaction: what every function of `queries/` takes first. */
export type Db = Executor<typeof schema>;

/** One folder for each database, seen from here rather than from where the program runs. */
export const migrations = {
  sqlite: new URL("../migrations/sqlite", import.meta.url),
  postgres: new URL("../migrations/postgres", import.meta.url),
  mariadb: new URL("../migrations/mariadb", import.meta.url),
  mysql: new URL("../migrations/mysql", import.meta.url),
};

export interface OpenOptions {
  /** The keys of `mfa_secret`. Default: those of `GUILD_KEYS`. */
  readonly encryption?: EncryptionSettings | undefined;
}

/**
 * Connects, and applies the migrations that are pending. Any number of servers may start at once.
 *
 * What stands in `.env` and isn't set otherwise is taken from there.
 *
 * @param url With the settings of the pool behind its `?`. Default: `DATABASE_URL`, then the file `guild.sqlite`.
 */
export async function openDatabase(
  url?: string,
  { encryption }: OpenOptions = {},
): Promise<Database<typeof schema>> {
  if (existsSync(".env")) process.loadEnvFile();
  const db = await connect(url ?? config, {
    schema,
    queries,
    encryption: encryption ?? keysOfEnvironment(),
  });
  try {
    await migrate(db as Database, { folder: migrations });
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/**
 * `GUILD_KEYS="2026=…"` names a key and gives its 32 bytes in base64; behind a space there may be older ones. The first
 * encrypts, all decrypt. Without any, everything works but reading and writing `mfa_secret`.
 */
function keysOfEnvironment(): EncryptionSettings | undefined {
  const given = (process.env["GUILD_KEYS"] ?? "").split(" ").filter((part) => part !== "");
  const keys = given.map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), part.slice(at + 1)] as const;
  });
  const [current] = keys[0] ?? [];
  return current === undefined ? undefined : { current, keys: Object.fromEntries(keys) };
}

const productNames: Readonly<Record<string, string>> = {
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mariadb: "MariaDB",
  mysql: "MySQL",
};

/** Such as `PostgreSQL 18.1`. */
export function productOf({ server: { product, version } }: Pick<Database, "server">): string {
  return `${productNames[product] ?? product} ${version.join(".")}`;
}
