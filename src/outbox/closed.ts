import { DbError } from "../core/error.ts";

/** Whether the database was closed, so that there is nothing more to do. */
export function isClosed(error: unknown): boolean {
  return error instanceof DbError && error.code === "E_CLOSED";
}
