import type { Variant } from "./variant.ts";

/**
 * MariaDB from 10.11 on, the first long-lived release with `random_bytes` (10.10), `utf8mb4_uca1400_*` (10.10) and the
 * type `uuid` (10.7). Source: MariaDB documentation, "RANDOM_BYTES", "Supported Character Sets and Collations", "UUID
 * Data Type" and "SQL Mode".
 */
export const mariadb: Variant = {
  name: "MariaDB",
  collation: "utf8mb4_nopad_bin",
  folding: "utf8mb4_uca1400_nopad_as_cs",
  sifting: "utf8mb4_uca1400_ai_ci",
  siftingAscii: "utf8mb4_general_ci",
  uuid: "uuid",
  hasHashUnique: true,
  hasSimultaneousAssignment: true,
  readsWritten: true,
  hasTextDefault: true,
  hasForShare: false,
  hasExpressionIndex: false,
  /** Source: MariaDB documentation, "CREATE INDEX", "DROP INDEX" and "ALTER TABLE". */
  hasIfExists: true,
  pipelinesPrepare: true,
  findsDashedKeys: false,
  /** In seconds. Source: MariaDB documentation, "Aborting Statements that Exceed a Certain Time to Execute". */
  statementTimeout: (timeoutMs) => `max_statement_time = ${timeoutMs / 1000}`,
  sqlModes: ["SIMULTANEOUS_ASSIGNMENT"],
};
