/** Which rows of its tables a query sees, where it says so. */

import type { Condition } from "../ast/expression.ts";
import type { Lift } from "../ast/statement.ts";
import { BuildError, InvalidValueError } from "../core/error.ts";
import { SOFT_DELETE } from "../schema/scope.ts";
import { isLive } from "../schema/soft-delete.ts";
import { sourceOf, TableInfo, type AnyTable, type NameOf, type IfSoft } from "../schema/table.ts";

export type Lifts = readonly Lift[] | undefined;

function lifted(lifts: Lifts, lift: Lift): readonly Lift[] {
  return lifts === undefined ? [lift] : [...lifts, lift];
}

function softTable(source: unknown, method: string): TableInfo {
  if (source instanceof TableInfo && source.softDelete !== undefined) return source;
  throw new BuildError("E_UNKNOWN_COLUMN", `${method}() takes a table with softDelete().`);
}

/** @param source Which of the query's tables is meant. */
export function liftDeleted(lifts: Lifts, source: unknown, mode: "only" | "with"): readonly Lift[] {
  const table = softTable(source, mode === "only" ? "onlyDeleted" : "withDeleted");
  return lifted(lifts, { source: table, scope: SOFT_DELETE, mode });
}

/** The scope of live rows, whatever was said before. */
export function keepLive(lifts: Lifts, source: TableInfo): readonly Lift[] {
  return lifted(lifts, { source, scope: SOFT_DELETE, mode: "kept" });
}

/** @param isOfClient Whether they hold in the queries inside of the client's, too. */
export function liftScopes(
  lifts: Lifts,
  names: readonly string[],
  isOfClient = false,
): readonly Lift[] {
  if (names.length === 0 || names.some((name) => typeof name !== "string"))
    throw new InvalidValueError("without() takes the names of scopes.");
  return names.reduce<readonly Lift[]>(
    (all, scope) => lifted(all, { source: undefined, scope, mode: "with", isOfClient }),
    lifts ?? [],
  );
}

/**
 * The condition by which queries of the table leave deleted rows out: for where they don't by themselves, as SQL by hand
 * and tables with `scope: "off"`.
 *
 * @example
 * db.from(users).where(live(users));
 */
export function live<T extends AnyTable>(table: IfSoft<T>): Condition<NameOf<T>> {
  return isLive(softTable(sourceOf(table as T), "live").softDelete!) as Condition<NameOf<T>>;
}
