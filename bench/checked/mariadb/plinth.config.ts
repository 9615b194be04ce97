import { defineConfig } from "plinth";

export default defineConfig({
  check: { databases: ["mariadb"], include: [], statements: ["statements.sql"], out: "queries.ts" },
});
