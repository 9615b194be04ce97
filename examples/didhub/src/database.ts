import { connect, type Database } from "plinth";
import { migrate, migrateDown } from "plinth/migrate";
import config from "../plinth.config.ts";
import { schema } from "./schema/schema.ts";

/** One folder for each database, seen from here rather than from where the program runs. */
export const migrations = {
  sqlite: new URL("../migrations/migrations.sqlite", import.meta.url),
  postgres: new URL("../migrations/migrations_postgres", import.meta.url),
  mysql: new URL("../migrations/migrations_mysql", import.meta.url),
  mariadb: new URL("../migrations/migrations_mariadb", import.meta.url),
};

/**
 * Connects, and applies the migrations that are pending. Any number of processes may start at once.
 *
 * @param url Default: `DIDHUB_DB`, then `DATABASE_URL`, then the file `data/didhub.sqlite`.
 */
export async function openDatabase(url?: string): Promise<Database> {
  const db = await connect(url ?? config, { schema, createDatabase: true, log: logSetting() });
  try {
    await migrate(db, { folder: migrations });
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/**
 * `DIDHUB_LOG=sql` tells every statement, `DIDHUB_LOG=slow` those that take 200 ms or longer; without it `PLINTH_LOG`
 * decides.
 */
function logSetting() {
  switch (process.env["DIDHUB_LOG"]) {
    case "sql":
      return true;
    case "slow":
      return { onlySlow: true, slowMs: 200 };
    default:
      return undefined;
  }
}

/** Takes all migrations back, and all rows with them. */
export async function removeTables(db: Database): Promise<void> {
  await migrateDown(db, { folder: migrations, count: Infinity });
}

const productNames: Readonly<Record<string, string>> = {
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mariadb: "MariaDB",
  mysql: "MySQL",
};

/** Such as `PostgreSQL 18.1`. */
export function productOf({ server: { product, version } }: Database): string {
  return `${productNames[product] ?? product} ${version.join(".")}`;
}
