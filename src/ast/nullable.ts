import { nodeOf, type AnyExpression, type Source } from "./expression.ts";
import type { SelectStatement } from "./statement.ts";

/** The tables that may have no row for a row of the result. */
export function nullableSources(statement: SelectStatement): Set<Source> {
  const nullable = new Set<Source>();
  const before: Source[] = [statement.from];
  for (const { kind, source } of statement.joins) {
    if (kind === "left" || kind === "full") nullable.add(source);
    if (kind === "right" || kind === "full") for (const earlier of before) nullable.add(earlier);
    before.push(source);
  }
  return nullable;
}

/** Whether an expression might be NULL, as far as it tells. @param missing The tables that may have no row. */
export function canBeNull(expression: AnyExpression, missing: ReadonlySet<Source>): boolean {
  const node = nodeOf(expression);
  switch (node.kind) {
    case "column":
    case "output":
      return node.nullable || missing.has(node.source);
    case "call":
      if (node.name === "fold") return canBeNull(node.arguments[0]!, missing);
      return !node.name.startsWith("count");
    default:
      return true;
  }
}
