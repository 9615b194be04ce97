import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "plinth";

const environment = fileURLToPath(new URL(".env", import.meta.url));
if (existsSync(environment)) process.loadEnvFile(environment);

/** Read by the program and by the command `plinth` alike. */
export default defineConfig({
  env: "DATABASE_URL",
  url: "sqlite:vault.sqlite",
  schema: "server/src/entities/schema.ts",
  migrations: { folder: "server/migration/src/lib.ts", numbering: "m-timestamp" },
});
