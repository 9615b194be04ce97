/** The module that `plinth check` writes, once it runs. */

import { ConfigError } from "../../core/error.ts";
import { CHECKED_FORMAT, type CheckedData } from "./format.ts";
import type { KnownQuery } from "./known.ts";

/** A statement of a `.sql` file: `db.query(queries.findUser, { id })`. */
export class FileStatement<Known extends KnownQuery = KnownQuery> {
  /** Type-level only; never set. */
  declare readonly "~known": Known;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What `connect` takes as `queries`: the statements of `.sql` files by their names, and what all were checked to be. */
export type CheckedQueries<Files = unknown> = {
  readonly [Name in keyof Files]: FileStatement<Files[Name] & KnownQuery>;
} & { readonly "~checked": CheckedData };

/**
 * For the module that `plinth check` writes: nobody else calls it.
 *
 * @throws {ConfigError} for a module of another version.
 */
export function checkedQueries<Files = unknown>(data: CheckedData): CheckedQueries<Files> {
  if (data.format !== CHECKED_FORMAT) {
    throw new ConfigError(
      "The module of checked queries was written for another version of Plinth.",
      {
        hint: "Run: npx plinth check",
      },
    );
  }
  const files = Object.keys(data.files).map((name) => [name, new FileStatement(name)] as const);
  return { ...Object.fromEntries(files), "~checked": data } as CheckedQueries<Files>;
}
