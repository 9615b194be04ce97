import { connect, type Database } from "plinth";
import { migrate } from "plinth/migrate";
import config from "../plinth.config.ts";
import { schema } from "./schema/schema.ts";

export const migrations = new URL("../migration", import.meta.url);

/** @param url Default: `DATABASE_URL`, then the parts of it in the environment. */
export async function openDatabase(url?: string) {
  return connect(url ?? config, { schema });
}

/** Applies what is pending, as a program does that brings its migrations with it. */
export async function prepare(db: Database): Promise<void> {
  await migrate(db, { folder: migrations });
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
