/** What the members of the family spell differently. `mariadb.ts` has MariaDB's answers. */

export interface Variant {
  readonly name: "MariaDB" | "MySQL";
  /** Compares by code point and counts trailing spaces; `utf8mb4_bin` takes `'a'` and `'a '` for the same. */
  readonly collation: string;
  /** Knows upper and lower case of all letters, for `lower` and `upper`; never compares. */
  readonly folding: string;
  /**
   * Takes for the same, one by one, all characters that `folding` makes the same, and more; undefined where that isn't
   * known.
   */
  readonly sifting: string | undefined;
  /** Does so for ASCII's characters but K, and is quicker. */
  readonly siftingAscii: string | undefined;
  /** How a UUID is stored. */
  readonly uuid: "binary" | "uuid";
  /** Whether a `text()` may be unique, by a hash beside it. */
  readonly hasHashUnique: boolean;
  /** Whether `update t set a = b, b = a` reads the row as it was, as SQL says; MySQL reads what is assigned already. */
  readonly hasSimultaneousAssignment: boolean;
  /** Whether a subquery of an update or a delete may read the table that is written. */
  readonly readsWritten: boolean;
  /** Whether a `json` or `longtext` takes a plain literal as its default; otherwise it must be an expression. */
  readonly hasTextDefault: boolean;
  /** Whether a shared lock is `for share`. Source: MySQL 8.4 manual, "Locking Reads"; MariaDB has no such words. */
  readonly hasForShare: boolean;
  /** Whether an index may be of an expression. Source: MySQL 8.4 manual, "Functional Key Parts". */
  readonly hasExpressionIndex: boolean;
  /** Whether indexes and foreign keys are made and dropped `if not exists` and `if exists`. */
  readonly hasIfExists: boolean;
  /** Whether the server executes a statement that was sent right behind its PREPARE, so that calls keep their order. */
  readonly pipelinesPrepare: boolean;
  /** Whether a path into JSON finds a key that begins with `-`, which MariaDB 10.11 never does. */
  readonly findsDashedKeys: boolean;
  /** The setting of a session that bounds how long its statements run. */
  statementTimeout(timeoutMs: number): string;
  /** Words of `sql_mode` beside those that both have. */
  readonly sqlModes: readonly string[];
}

/**
 * MySQL from 8.0.17 on, the first with `utf8mb4_0900_bin` and with `cast(… as double)`. Source: MySQL 8.4 manual,
 * "Unicode Character Sets", "Data Type Default Values" and "Server SQL Modes".
 */
export const mysql: Variant = {
  name: "MySQL",
  collation: "utf8mb4_0900_bin",
  folding: "utf8mb4_0900_as_cs",
  sifting: undefined,
  siftingAscii: undefined,
  uuid: "binary",
  hasHashUnique: false,
  hasSimultaneousAssignment: false,
  readsWritten: false,
  hasTextDefault: false,
  hasForShare: true,
  hasExpressionIndex: true,
  hasIfExists: false,
  pipelinesPrepare: false,
  findsDashedKeys: true,
  /** Of reads only. Source: MySQL 8.4 manual, "Server System Variables". */
  statementTimeout: (timeoutMs) => `max_execution_time = ${timeoutMs}`,
  sqlModes: [],
};

/**
 * The session on which all else relies. Strict, so that nothing is cut or rounded into a column; a division by zero is
 * NULL, `||` joins texts, `"x"` is a name, and a key of 0 is 0, as on the other databases. ONLY_FULL_GROUP_BY
 * stays out: MariaDB's doesn't see that columns follow from their table's key, and Plinth has the rule. Every write outside of a
 * transaction is committed, and COMMIT begins no other, whatever the server's own settings are.
 */
export function sessionText(variant: Variant, statementTimeoutMs?: number): string {
  const { collation, sqlModes } = variant;
  const limit =
    statementTimeoutMs === undefined ? "" : `, ${variant.statementTimeout(statementTimeoutMs)}`;
  const modes = [
    "STRICT_ALL_TABLES",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "NO_AUTO_VALUE_ON_ZERO",
    "NO_ENGINE_SUBSTITUTION",
    "PIPES_AS_CONCAT",
    "ANSI_QUOTES",
    ...sqlModes,
  ];
  return (
    `set names utf8mb4 collate ${collation}, sql_mode = '${modes.join(",")}', time_zone = '+00:00', ` +
    // As long as a text may be; a longer one would be cut without a word.
    "autocommit = 1, completion_type = 'NO_CHAIN', group_concat_max_len = 4294967295" +
    limit
  );
}
