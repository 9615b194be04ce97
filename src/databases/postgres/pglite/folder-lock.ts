/** PGlite doesn't look whether another process has its folder open, and two of them would break it. */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { QueryError } from "../../../core/error.ts";

/**
 * Takes a folder for this process: by the write lock of an empty file beside it, which the operating system frees when
 * its holder dies.
 *
 * @param isMade Whether the folders around it are made where they are missing.
 * @returns Frees it.
 * @throws {QueryError} `E_DATABASE_IN_USE` while it is taken.
 */
export function takeFolder(folder: string, isMade: boolean): () => void {
  let lock: DatabaseSync;
  try {
    if (isMade) mkdirSync(dirname(folder), { recursive: true });
    lock = new DatabaseSync(`${folder.replace(/\/+$/, "")}.lock`, { timeout: 0 });
  } catch (cause) {
    throw new QueryError("E_QUERY", "PGlite can't open the database's folder.", {
      hint: "Check that the folder around it exists and may be written to, or connect with { createDatabase: true }.",
      cause,
    });
  }
  try {
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    throw new QueryError("E_DATABASE_IN_USE", "The database's folder is open already.", {
      hint: "PGlite's databases are of one connection each: close that first.",
      cause,
    });
  }
  return () => lock.close();
}
