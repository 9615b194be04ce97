/** The tables of other tools: those in which they keep which of their migrations are applied, and what they keep beside them. */

export type PeerName = "Drizzle" | "Kysely" | "Prisma" | "SeaORM" | "TypeORM" | "sqlx";

export interface HistoryTable {
  readonly tool: PeerName;
  readonly table: string;
  /** The schema that it stands in, where the database has schemas. Default: the connection's own. */
  readonly schema?: string;
  /** By which it is known, as an application may have a table of that name. */
  readonly columns: readonly string[];
  /** Whether it remembers something else than migrations. */
  readonly isAside?: true;
}

/** Sources: drizzle-orm 0.45 and 1.0, Kysely 0.29, Prisma 7, SeaORM 2, sqlx 0.9, TypeORM 1.1, as each creates them. */
export const HISTORY_TABLES: readonly HistoryTable[] = [
  {
    tool: "Drizzle",
    table: "__drizzle_migrations",
    schema: "drizzle",
    columns: ["id", "hash", "created_at"],
  },
  { tool: "Drizzle", table: "__drizzle_migrations", columns: ["id", "hash", "created_at"] },
  {
    tool: "Prisma",
    table: "_prisma_migrations",
    columns: ["checksum", "finished_at", "migration_name", "rolled_back_at", "started_at"],
  },
  {
    tool: "sqlx",
    table: "_sqlx_migrations",
    columns: ["version", "description", "installed_on", "success", "checksum"],
  },
  { tool: "SeaORM", table: "seaql_migrations", columns: ["version", "applied_at"] },
  { tool: "Kysely", table: "kysely_migration", columns: ["name", "timestamp"] },
  { tool: "Kysely", table: "kysely_migration_lock", columns: ["id", "is_locked"] },
  { tool: "TypeORM", table: "migrations", columns: ["id", "timestamp", "name"] },
  {
    tool: "TypeORM",
    table: "typeorm_metadata",
    columns: ["type", "database", "schema", "table", "name", "value"],
    isAside: true,
  },
];

/** Names that many applications use for tables of their own, where no column may be left over. */
const COMMON = new Set(["migrations"]);

/** Whose history a table is. */
export function historyToolOf(table: string, columns: readonly string[]): PeerName | undefined {
  return HISTORY_TABLES.find(
    (known) =>
      known.table === table &&
      known.columns.every((column) => columns.includes(column)) &&
      (!COMMON.has(table) || columns.length === known.columns.length),
  )?.tool;
}
