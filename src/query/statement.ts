import { ValueNode, type Source } from "../ast/expression.ts";
import type { LogicalType } from "../ast/logical-type.ts";
import type {
  Inputs,
  Lift,
  LockClause,
  SelectionRecord,
  SelectStatement,
} from "../ast/statement.ts";

const NONE: readonly never[] = [];

/** The type of a number of rows. One, as it stands for itself in a query's shape. */
export const COUNT: LogicalType = { kind: "bigint", mode: "number" };

/** A number of rows for a limit or an offset: a value like any other, so that all limits share a plan. */
export function rowCount(count: number): ValueNode<number> {
  return new ValueNode(count, COUNT);
}

/** A select of a source's rows, to which a builder adds. */
export function emptyStatement(
  from: Source,
  selection: SelectionRecord,
  inputs?: Inputs,
  lifts?: readonly Lift[],
): SelectStatement {
  return {
    kind: "select",
    selection,
    distinct: false,
    distinctOn: NONE,
    from,
    inputs,
    joins: NONE,
    where: undefined,
    groupBy: NONE,
    having: undefined,
    orderBy: NONE,
    limit: undefined,
    offset: undefined,
    lock: undefined,
    comment: undefined,
    lifts,
  };
}

/** The lock under which rows are read that a write of the same transaction means. */
export const LOCKED: LockClause = { strength: "update", busy: "wait" };
