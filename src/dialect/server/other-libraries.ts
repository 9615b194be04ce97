/** Other libraries whose `query` takes SQL, too. */

const LIBRARIES = new Set([
  "@databases",
  "@electric-sql/pglite",
  "@libsql/client",
  "@neondatabase/serverless",
  "@planetscale/database",
  "@prisma/client",
  "@vercel/postgres",
  "better-sqlite3",
  "bun:sqlite",
  "drizzle-orm",
  "knex",
  "kysely",
  "mariadb",
  "mssql",
  "mysql",
  "mysql2",
  "node:sqlite",
  "oracledb",
  "pg",
  "pg-pool",
  "pg-promise",
  "postgres",
  "sequelize",
  "slonik",
  "sqlite",
  "sqlite3",
  "tedious",
  "typeorm",
]);

/** The package of `mysql2/promise` is `mysql2`. */
export function isOtherLibrary(from: string): boolean {
  const [scope = "", name = ""] = from.split("/");
  return LIBRARIES.has(from) || LIBRARIES.has(scope) || LIBRARIES.has(`${scope}/${name}`);
}
