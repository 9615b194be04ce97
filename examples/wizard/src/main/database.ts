import { connect, type Database } from "plinth";
import { migrate } from "plinth/migrate";
import config from "../../plinth.config.ts";
import { schema } from "./schemas/schema.ts";

export const migrations = new URL("../../migrations", import.meta.url);

/**
 * Connects, and applies what is pending. SQLite is in WAL mode, so that readers and the one writer don't wait for one
 * another, and writes of this process stand in line.
 *
 * @param url Default: `DATABASE_URL`, then the file `database.sqlite`.
 */
export async function openDatabase(url?: string) {
  const db = await connect(url ?? config, { schema });
  try {
    await migrate(db as Database, { folder: migrations });
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
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
