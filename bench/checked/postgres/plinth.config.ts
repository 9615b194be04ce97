import { defineConfig } from "plinth";

export default defineConfig({
  check: {
    databases: ["postgres"],
    include: [],
    statements: ["statements.sql"],
    out: "queries.ts",
  },
});
