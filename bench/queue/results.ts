import type { Place, QueueTargets } from "./contender.ts";

export const pieces = {
  add: "add",
  addLoaded: "add, 32 at once",
  addMany: "add 1,000",
  work: "work",
  workLoaded: "work, 32 at once",
  wake: "wake",
} as const;

export type Piece = keyof typeof pieces;

export interface QueueOrder {
  readonly contender: string;
  readonly targets: QueueTargets;
  /** How many jobs a piece of work has. */
  readonly jobCount: number;
  /** How long the adding goes on, in milliseconds, and how long at most idle workers are woken. */
  readonly measureMs: number;
}

export interface QueueFigure {
  /** Of a job; for `wake` from the beginning of `add` to the handler's. */
  readonly microseconds: number;
  /** Of this process, for a job. */
  readonly cpuMicroseconds: number;
}

export interface QueueResult {
  readonly contender: string;
  readonly title: string;
  readonly place: Place;
  readonly isBaseline: boolean;
  readonly figures: Partial<Record<Piece, QueueFigure>>;
  readonly failures: Partial<Record<Piece, string>>;
}

export const queueResultMark = "queue-result ";
