/** PGlite doesn't look whether another process has its folder open, and two of them would break it. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConnectionError, QueryError } from "../../../core/error.ts";

/**
 * Takes a folder for this process: by the write lock of an empty file beside it, which the operating system frees when
 * its holder dies.
 *
 * @param isMade Whether the folders around it are made where they are missing; `false` refuses one that isn't there itself.
 * @returns Frees it.
 * @throws {QueryError} `E_DATABASE_IN_USE` while it is taken.
 */
export function takeFolder(folder: string, isMade: boolean | undefined): () => void {
  if (isMade === false && !existsSync(folder)) {
    throw new ConnectionError("E_MISSING_DATABASE", `There is no folder ${folder}.`, {
      hint: "Look for a slip in the URL. `plinth migrate up` makes it, where it is to be a new one.",
    });
  }
  let lock: DatabaseSync;
  try {
    if (isMade === true) mkdirSync(dirname(folder), { recursive: true });
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
