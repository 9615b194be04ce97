import { defineConfig } from "plinth";

/** Read by the program and by the command `plinth` alike, so that both mean the same database. */
export default defineConfig({
  env: ["DIDHUB_DB", "DATABASE_URL"],
  url: "sqlite:data/didhub.sqlite",
  schema: "src/schema/schema.ts",
  migrations: {
    layout: "files",
    numbering: "sequence",
    databases: ["sqlite", "postgres", "mysql", "mariadb"],
    folder: {
      sqlite: "migrations/migrations.sqlite",
      postgres: "migrations/migrations_postgres",
      mysql: "migrations/migrations_mysql",
      mariadb: "migrations/migrations_mariadb",
    },
  },
});
