import type { Source } from "../ast/expression.ts";
import type { Inputs, LockClause, SelectionRecord, SelectStatement } from "../ast/statement.ts";

const NONE: readonly never[] = [];

/** A select of a source's rows, to which a builder adds. */
export function emptyStatement(
  from: Source,
  selection: SelectionRecord,
  inputs?: Inputs,
): SelectStatement {
  return {
    kind: "select",
    selection,
    distinct: false,
    distinctOn: NONE,
    from,
    inputs,
    joins: [],
    where: undefined,
    groupBy: [],
    having: undefined,
    orderBy: [],
    limit: undefined,
    offset: undefined,
    lock: undefined,
    comment: undefined,
  };
}

/** The lock under which rows are read that a write of the same transaction means. */
export const LOCKED: LockClause = { strength: "update", busy: "wait" };
