import type { Source } from "../ast/expression.ts";
import type { Inputs, SelectionRecord, SelectStatement } from "../ast/statement.ts";

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
  };
}
