import { connect, type Database, type TableHooks } from "plinth";
import { migrate } from "plinth/migrate";
import { migrations } from "../migration/src/lib.ts";
import config from "../../plinth.config.ts";
import { schema } from "./entities/schema.ts";

export type Db = Database<typeof schema>;

/** @param url Default: `DATABASE_URL`, then the file of the configuration. */
export async function openDatabase(url?: string, hooks: readonly TableHooks[] = []): Promise<Db> {
  return connect(url ?? config, { schema, hooks });
}

/** Applies what is pending, as a program does that brings its migrations with it. */
export async function prepare(db: Database): Promise<void> {
  await migrate(db, { migrations });
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
