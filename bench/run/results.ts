import type { Database } from "../data/tables.ts";
import type { ShapeName } from "../shapes/shapes.ts";
import type { OperationName } from "../work/operations.ts";
import type { WorkKind } from "./contenders.ts";
import type { Targets } from "./targets.ts";

/** Begins the line in which a worker answers; a contender may print others. */
export const resultMark = "@@result ";

/** A piece of work: one of the nine, or a further shape. */
export type WorkName = OperationName | ShapeName;

export interface WorkerOrder {
  readonly kind: WorkKind;
  readonly mode: "measure" | "verify";
  readonly database: Database;
  readonly contender: string;
  readonly targets: Targets;
  readonly operations?: readonly WorkName[];
  readonly warmMs: number;
  readonly measureMs: number;
  /** How long to measure with many in flight; 0: not at all. */
  readonly loadedMs: number;
  readonly inFlight: number;
}

/** For one operation. */
export interface Measured {
  readonly microseconds: number;
  /** Of the client's process alone, its garbage collector and compiler included. */
  readonly cpuMicroseconds: number;
}

export interface WorkerResult {
  readonly database: Database;
  readonly contender: string;
  /** What the tables call it. */
  readonly title: string;
  readonly openMs: number;
  readonly memoryOpenBytes: number;
  memoryEndBytes?: number;
  memoryPeakBytes?: number;
  readonly latency: Partial<Record<WorkName, Measured>>;
  readonly loaded: Partial<Record<WorkName, Measured>>;
  readonly failures: Partial<Record<WorkName, string>>;
  /** Of a verification: what was answered wrongly. */
  wrong?: string[];
}

export interface RoundResult extends WorkerResult {
  readonly round: number;
}

/** What was found on one database, by the nine operations or by the further shapes. */
export interface Report {
  readonly kind: WorkKind;
  readonly database: Database;
  readonly version: string;
  readonly results: readonly RoundResult[];
  readonly inFlight: number;
}

export type Section = "latency" | "loaded";
