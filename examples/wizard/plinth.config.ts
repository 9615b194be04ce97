import { defineConfig } from "plinth";

/** Read by the program and by the command `plinth` alike, so that both mean the same database. */
export default defineConfig({
  url: "sqlite:database.sqlite",
  schema: "src/main/schemas/schema.ts",
  migrations: { databases: ["sqlite", "postgres", "mariadb", "mysql"] },
});
