/** Queries whose rows a condition can't be put on from outside: they stand as a table in another one. */

import { childrenOf } from "../../ast/children.ts";
import { nodeOf, type AnyExpression } from "../../ast/expression.ts";
import { leavesOf } from "../../ast/folding.ts";
import type { OrderTerm, SelectStatement } from "../../ast/statement.ts";
import type { DerivedSource } from "../../ast/derived.ts";
import { BuildError } from "../../core/error.ts";
import { sourceOf } from "../../schema/table.ts";
import { inputsOf, queryTable } from "../read/derived.ts";
import { isGrouped } from "../read/grouping.ts";
import { emptyStatement } from "../statement.ts";

/** Whether a condition more keeps some of the rows and changes none of them. */
function isOpen(statement: SelectStatement): boolean {
  const { distinct, distinctOn, limit, offset, selection } = statement;
  if (distinct || distinctOn.length > 0 || limit !== undefined || offset !== undefined)
    return false;
  return !isGrouped(statement) && !leavesOf(selection).some(holdsWindow);
}

/** Whether an expression looks at other rows of the result. */
function holdsWindow(expression: AnyExpression): boolean {
  const node = nodeOf(expression);
  return (node.kind === "call" && node.over !== undefined) || childrenOf(node).some(holdsWindow);
}

/**
 * The query as one that takes a condition more: itself, or one of its rows as a table. Its order is then of what it
 * selects.
 *
 * @throws {BuildError} `E_UNKNOWN_COLUMN` when the order is of something that isn't selected.
 */
export function asRows(statement: SelectStatement): SelectStatement {
  if (isOpen(statement)) return statement;
  const { limit, offset, orderBy } = statement;
  const isCut = limit !== undefined || offset !== undefined;
  const table = queryTable(
    { ...statement, orderBy: isCut ? orderBy : [], lock: undefined, comment: undefined },
    "rows",
  );
  const source = sourceOf(table) as DerivedSource;
  const leaves = leavesOf(statement.selection);
  const terms = orderBy.map((term): OrderTerm => {
    const expression = source.columns[leaves.indexOf(term.expression)];
    if (expression !== undefined) return { ...term, expression };
    throw new BuildError(
      "E_UNKNOWN_COLUMN",
      "The pages of groups, distinct rows, windows and limited rows go by what the query selects.",
      { hint: "Select what you order by, and order by the same expression." },
    );
  });
  const { comment } = statement;
  return {
    ...emptyStatement(source, source.record, inputsOf(table)),
    orderBy: terms,
    comment,
  };
}
