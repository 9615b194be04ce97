import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "plinth";

const environment = fileURLToPath(new URL(".env", import.meta.url));
if (existsSync(environment)) process.loadEnvFile(environment);

/** The URL that the parts in the environment make, where there is no `DATABASE_URL`. */
function urlOfParts(): string {
  const { POSTGRES_HOST, POSTGRES_PORT, POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD } =
    process.env;
  const url = new URL("postgresql://localhost");
  url.hostname = POSTGRES_HOST ?? "localhost";
  url.port = POSTGRES_PORT ?? "2800";
  url.username = encodeURIComponent(POSTGRES_USER ?? "postgres");
  url.password = encodeURIComponent(POSTGRES_PASSWORD ?? "postgres");
  url.pathname = encodeURIComponent(POSTGRES_DB ?? "cobalt_dev");
  return url.href;
}

/** Read by the program and by the command `plinth` alike, so that both mean the same database. */
export default defineConfig({
  env: "DATABASE_URL",
  url: urlOfParts(),
  schema: "src/schema/schema.ts",
  migrations: {
    folder: "migration",
    numbering: "m-timestamp",
    databases: ["postgres", "sqlite", "mariadb", "mysql"],
  },
});
