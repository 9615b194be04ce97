import type { Source } from "./expression.ts";
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
