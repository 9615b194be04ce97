/** How many rows a query has, as a query. */

import { CallNode, Expression } from "../../ast/expression.ts";
import type { SelectionRecord, SelectStatement } from "../../ast/statement.ts";
import { sourceOf } from "../../schema/table.ts";
import { COUNT, emptyStatement } from "../statement.ts";
import { inputsOf, queryTable } from "./derived.ts";

export const COUNT_ALL: SelectionRecord = {
  keys: ["count"],
  values: [new CallNode("count", [], COUNT)],
  source: undefined,
};

export function countOf(statement: SelectStatement): SelectStatement {
  const { distinctOn, groupBy, having, limit, offset } = statement;
  const distinct = statement.distinct || distinctOn.length > 0;
  const isWhole = [having, limit, offset].every((clause) => clause === undefined);
  const unordered = { ...statement, orderBy: [], lock: undefined };
  // An aggregate without groups is one row, so what is selected matters as soon as it may be none of columns.
  if (isWhole && !distinct && groupBy.length === 0 && holdsColumnsOnly(statement.selection))
    return { ...unordered, selection: COUNT_ALL };
  const isCut = limit !== undefined || offset !== undefined;
  const counted = queryTable(isCut ? { ...statement, lock: undefined } : unordered, "counted");
  return emptyStatement(sourceOf(counted), COUNT_ALL, inputsOf(counted));
}

function holdsColumnsOnly(record: SelectionRecord): boolean {
  return (
    record.source !== undefined ||
    record.values.every((value) =>
      value instanceof Expression
        ? value.kind === "column" || value.kind === "output"
        : holdsColumnsOnly(value),
    )
  );
}
