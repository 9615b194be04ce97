/** What can be heard of the statements that run. Nothing of this costs anything while nobody listens. */

import { tracingChannel, type TracingChannel } from "node:diagnostics_channel";

/** One statement, from when it is asked for until it is answered; waiting for a connection is part of it. */
export interface QueryEvent {
  /** `"postgres"`, `"mariadb"`, `"mysql"` or `"sqlite"`. */
  readonly product: string;
  /** The text, with placeholders where values go. */
  readonly sql: string;
  readonly parameterCount: number;
  /** The values as the driver gets them, where the `log` of the connection asks for them. They may be secrets. */
  readonly parameters: readonly unknown[] | undefined;
  /** Once it is answered. */
  durationMs?: number;
  /** Once it is answered: rows that came back, or that were written. */
  rowCount?: number;
  /** Once it is answered: where it was awaited, such as `"/app/users.ts:12:5"`, as far as the stack tells. */
  place?: string | undefined;
  /** The error that it failed with: a `DbError`, which holds no values. */
  error?: unknown;
}

/**
 * The channel `plinth:query` of `node:diagnostics_channel`, as `tracingChannel` has it: `start`, `end`, then
 * `asyncStart` and `asyncEnd` when the answer is there, and `error`, with one event for all.
 */
export const queryChannel: TracingChannel<QueryEvent, QueryEvent> = tracingChannel("plinth:query");
