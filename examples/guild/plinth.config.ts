import { defineConfig } from "plinth";

/** Read by the program and by the command `plinth` alike, so that both mean the same database. */
export default defineConfig({
  url: "sqlite:guild.sqlite",
  schema: "src/schema/schema.ts",
  migrations: {
    layout: "files",
    numbering: "sequence",
    down: false,
    ifExists: true,
    databases: ["sqlite", "postgres", "mariadb", "mysql"],
    folder: {
      sqlite: "migrations/sqlite",
      postgres: "migrations/postgres",
      mariadb: "migrations/mariadb",
      mysql: "migrations/mysql",
    },
  },
  check: { databases: ["sqlite", "postgres", "mariadb"] },
});
