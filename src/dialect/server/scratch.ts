/** The contract of databases that are made for a while, beside the one of a URL. */

import { randomBytes } from "node:crypto";
import type { MaybePromise } from "../../core/maybe-promise.ts";

export interface ScratchOptions {
  /** Of the original, as given, with its password; never shown. */
  readonly url: string;
  /** The driver's package, where the caller hands it over instead of having it imported. */
  readonly module?: unknown;
  /** Instead of the URL's: asked for each connection. */
  readonly password?: (() => MaybePromise<string>) | undefined;
  /** Whether it is a copy of the original, with all rows; else it is empty, and the original needn't be there. */
  readonly hasData: boolean;
}

export interface ScratchDatabase {
  /** With the options of the original's. */
  readonly url: string;
  /** Whether schemas are inside of it; else they are databases of the server, which are there for all. */
  readonly hasSchemas: boolean;
  /** Whether SQL has the original's name in it, and would reach that from the scratch database. */
  namesOriginal(text: string): boolean;
  /** Twice is the same as once. */
  drop(): Promise<void>;
}

/**
 * Makes a database of a random name, or nothing: what fails in its midst leaves nothing behind.
 *
 * @throws {QueryError} `E_PERMISSION` without the right to make one, `E_DATABASE_IN_USE` where others keep it from being copied.
 */
export type CreateScratch = (options: ScratchOptions) => Promise<ScratchDatabase>;

/** Nobody else's, and plain enough to need no quotes anywhere. */
export function scratchName(): string {
  return `plinth_scratch_${randomBytes(8).toString("hex")}`;
}

/** A server's words without the name of such a database, which says nothing to whoever wrote the SQL. */
export function withoutScratchName(words: string): string {
  return words.replaceAll(/\bplinth_scratch_[\da-f]{16}\./g, "");
}

/** The URL of another database of the same server. */
export function withDatabase(url: string, name: string): string {
  return url.replace(/^([^:]*:(?:\/\/[^/?]*)?)[^?]*/, `$1/${name}`);
}
