/** The `log` of a connection: which statements are told, how, and to whom. */

import { ConfigError, DbError } from "../../core/error.ts";
import { warn } from "../../core/warning.ts";
import type { QueryEvent } from "./query-events.ts";

/** One statement that was answered. */
export interface LogEntry extends Readonly<QueryEvent> {
  readonly durationMs: number;
  /** Whether it took `slowMs` or longer. */
  readonly isSlow: boolean;
}

export interface LogSettings {
  /**
   * Gets each entry. Default: writes it to stderr as one line. What it throws changes nothing for the statement: a warning
   * (`PLINTH_LOG_FAILED`) tells it once.
   */
  readonly write?: (entry: LogEntry) => void;
  /** From how many milliseconds on a statement is slow. Default 500. */
  readonly slowMs?: number;
  /** Tells slow statements, and those that failed, only. Default false. */
  readonly onlySlow?: boolean;
  /** Puts the values of statements into the entries, secrets among them. Default false. */
  readonly parameters?: boolean;
}

/** `true` writes to stderr, a function gets each entry. */
export type LogOption = boolean | LogSettings | ((entry: LogEntry) => void);

export interface Log {
  readonly hasParameters: boolean;
  tell(event: QueryEvent & { readonly durationMs: number }): void;
}

const SLOW_MS = 500;

/**
 * What `PLINTH_LOG` asks for: `sql` all statements, `slow` the slow ones, `slow=200` those of 200 ms and more.
 *
 * @throws {ConfigError} for anything else.
 */
export function logOfEnvironment(text: string | undefined): LogOption | undefined {
  if (text === undefined || text === "") return undefined;
  if (text === "sql") return true;
  const slow = /^slow(?:=(\d+))?$/.exec(text);
  if (slow !== null) return { onlySlow: true, slowMs: Number(slow[1] ?? SLOW_MS) };
  throw new ConfigError("The environment variable PLINTH_LOG has none of its values.", {
    hint: "Set it to sql, to slow, or to slow=200 for statements of 200 ms and more.",
  });
}

export function createLog(option: LogOption | undefined): Log | undefined {
  if (option === undefined || option === false) return undefined;
  const settings: LogSettings =
    option === true ? {} : typeof option === "function" ? { write: option } : option;
  const { write = writeLine, slowMs = SLOW_MS, onlySlow = false, parameters = false } = settings;
  let hasFailed = false;
  const fail = (error: unknown): void => {
    if (hasFailed) return;
    hasFailed = true;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    warn("PLINTH_LOG_FAILED", "The function that gets the log failed; statements go on.", detail);
  };
  return {
    hasParameters: parameters,
    tell(event) {
      const isSlow = event.durationMs >= slowMs;
      if (onlySlow && !isSlow && event.error === undefined) return;
      // The statement is answered: what becomes of its line must not become what is told of a commit.
      try {
        const written: unknown = write({ ...event, isSlow });
        if (written instanceof Promise) written.catch(fail);
      } catch (error) {
        fail(error);
      }
    },
  };
}

/** `plinth 1.2 ms, 3 rows: select … (/app/users.ts:12:5)` */
function lineOf(entry: LogEntry): string {
  const { durationMs, error, isSlow, parameters, place, rowCount, sql } = entry;
  const outcome =
    error === undefined
      ? `${rowCount} ${rowCount === 1 ? "row" : "rows"}`
      : error instanceof DbError
        ? error.code
        : "failed";
  const values =
    parameters === undefined || parameters.length === 0
      ? ""
      : ` [${parameters.map(spelt).join(", ")}]`;
  const where = place === undefined ? "" : ` (${place})`;
  const text = sql.replaceAll(/\s+/g, " ").trim();
  return `plinth${isSlow ? " SLOW" : ""} ${durationMs.toFixed(1)} ms, ${outcome}: ${text}${values}${where}`;
}

function spelt(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return String(value);
}

function writeLine(entry: LogEntry): void {
  process.stderr.write(`${lineOf(entry)}\n`);
}
