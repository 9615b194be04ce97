/** Queries to which single related rows may be joined. */

import type { Source } from "../../ast/expression.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import { visit } from "../../ast/visit.ts";
import type { Level } from "./level.ts";

/**
 * The tables of a query to which others may be joined without a change of its meaning. SQL by hand may name columns without
 * their table, and a lock would be one of the joined rows too.
 */
export function openSources(statement: SelectStatement): readonly Source[] | undefined {
  const { distinct, distinctOn, from, groupBy, having, joins, lock, orderBy, where } = statement;
  if (distinct || distinctOn.length > 0 || groupBy.length > 0) return undefined;
  if (having !== undefined || lock !== undefined) return undefined;
  let isOpen = true;
  const see = ({ kind }: { readonly kind: string }): void => {
    isOpen &&= kind !== "fragment";
  };
  if (where !== undefined) visit(where, see);
  for (const { expression } of orderBy) visit(expression, see);
  return isOpen ? [from, ...joins.map((join) => join.source)] : undefined;
}

export function withJoins(statement: SelectStatement, { joins }: Level): SelectStatement {
  return joins.length === 0 ? statement : { ...statement, joins: [...statement.joins, ...joins] };
}
