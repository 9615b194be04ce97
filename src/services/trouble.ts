import { ConnectionError, QueryError, TimeoutError } from "../core/error.ts";

/** Whether it is the store's trouble, and not the program's mistake. */
export function isTrouble(error: unknown): boolean {
  return (
    error instanceof ConnectionError || error instanceof TimeoutError || error instanceof QueryError
  );
}
