/** What Plinth's ordinary builder aims at, with nothing prepared by hand: all of it in one place. */
import type { Database } from "../data/tables.ts";
import type { WorkKind } from "./contenders.ts";
import type { Measured, Section, WorkName } from "./results.ts";

/** A multiple of the bare driver's figure. */
export interface RatioAim {
  readonly title: string;
  readonly kind: WorkKind;
  readonly database: Database;
  readonly section: Section;
  readonly figure: keyof Measured;
  /** The geometric mean of the nine operations, the slowest of them, or one piece of work. */
  readonly of: "mean" | "slowest" | WorkName;
  readonly atMost: number;
}

const time = { kind: "operations", section: "latency", figure: "microseconds" } as const;
const loaded = { ...time, section: "loaded" } as const;
const shape = { ...time, kind: "shapes" } as const;
const [trees, bulk] = ["50 orders with details and products", "1,000 rows inserted"];

/** What an aim for many in flight is about. */
export const aimedInFlight = 32;

export const ratioAims: readonly RatioAim[] = [
  { ...time, title: "SQLite", database: "sqlite", of: "mean", atMost: 0.9 },
  {
    ...time,
    title: "SQLite, the slowest operation",
    database: "sqlite",
    of: "slowest",
    atMost: 1.2,
  },
  { ...time, title: "PostgreSQL", database: "postgres", of: "mean", atMost: 0.8 },
  { ...loaded, title: "PostgreSQL, 32 in flight", database: "postgres", of: "mean", atMost: 0.6 },
  {
    ...time,
    title: "PostgreSQL, the client's CPU",
    database: "postgres",
    figure: "cpuMicroseconds",
    of: "mean",
    atMost: 1,
  },
  { ...time, title: "MariaDB", database: "mariadb", of: "mean", atMost: 0.85 },
  { ...loaded, title: "MariaDB, 32 in flight", database: "mariadb", of: "mean", atMost: 0.6 },
  {
    ...time,
    title: "PostgreSQL, a transaction of four statements",
    database: "postgres",
    of: "transaction",
    atMost: 0.7,
  },
  { ...shape, title: `SQLite, ${trees}`, database: "sqlite", of: "trees", atMost: 0.5 },
  { ...shape, title: `PostgreSQL, ${trees}`, database: "postgres", of: "trees", atMost: 0.7 },
  { ...shape, title: `MariaDB, ${trees}`, database: "mariadb", of: "trees", atMost: 0.75 },
  { ...time, title: `SQLite, ${bulk}`, database: "sqlite", of: "bulk", atMost: 0.6 },
  { ...time, title: `PostgreSQL, ${bulk}`, database: "postgres", of: "bulk", atMost: 0.6 },
  { ...time, title: `MariaDB, ${bulk}`, database: "mariadb", of: "bulk", atMost: 0.75 },
  {
    ...shape,
    title: "SQLite, 1,000 rows of 13 columns read",
    database: "sqlite",
    of: "rows",
    atMost: 0.8,
  },
];

/** From the begin of a process to the first row on SQLite, above what an empty program takes; on a quiet machine. */
export const coldStartAimMs = 12;

/** The peak of the nine operations on SQLite, as a multiple of the bare driver's. */
export const memoryAim = 1.3;

/** What 1,000 queries on so many tables add to a compilation is to be less than theirs. */
export const typesAim = { tables: 300, aheadOf: ["drizzle 1.0-rc", "kysely"] } as const;
