import { defineConfig } from "plinth";

export default defineConfig({
  check: { databases: ["sqlite"], include: [], statements: ["statements.sql"], out: "queries.ts" },
});
