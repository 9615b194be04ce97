/**
 * What the compiler knows of checked SQL. The module that `plinth check` writes adds to these interfaces.
 *
 * They are global, as a module's interfaces can only be added to in the file that declares them, and none of the
 * package's is a subpath of its own.
 */

declare global {
  namespace Plinth {
    /** By the text: `"select …": { params: { id: number }; row: { name: string } }`; without `params` where it has none. */
    interface Queries {}
    /** By the name in ``named("userById")`…` ``; `params` is the list of its values. */
    interface NamedQueries {}
  }
}

/** What is known of one statement. */
export interface KnownQuery {
  /** By name, or a list for `$1` and `?`. What stands only in optional fragments may be left out. */
  readonly params?: object;
  /** `never` where it gives no rows. */
  readonly row: unknown;
}

export type Queries = Plinth.Queries;
export type NamedQueries = Plinth.NamedQueries;
