/** Rows with what is needed of them beside what they give: keys that weren't selected. */

import type { AnyExpression } from "../../ast/expression.ts";
import type { SelectionNode, SelectionRecord } from "../../ast/statement.ts";

export type Row = Record<string, unknown>;

/** Reads a value of a row as it came. */
export type Read = (raw: Row) => unknown;

export interface Packed {
  readonly record: SelectionRecord;
  readonly rowOf: (raw: Row) => Row;
  /** One for each of what is needed, in its order. */
  readonly reads: readonly Read[];
}

const ITSELF = (raw: Row): Row => raw;
const INNER = (raw: Row): Row => raw["row"] as Row;

/** The selection with what else is needed beside it, where it hasn't it all already. */
export function pack(selection: SelectionRecord, needed: readonly AnyExpression[]): Packed {
  const keys = needed.map((expression) => {
    const place = selection.values.indexOf(expression as SelectionNode);
    return place === -1 ? undefined : selection.keys[place]!;
  });
  if (keys.every((key) => key !== undefined && key !== "__proto__")) {
    const reads = keys.map(
      (key): Read =>
        (raw) =>
          raw[key!],
    );
    return { record: selection, rowOf: ITSELF, reads };
  }
  const others: Record<string, AnyExpression> = {};
  const reads = needed.map((expression, index): Read => {
    const name = `key${index}`;
    others[name] = expression;
    return (raw) => raw[name];
  });
  const record: SelectionRecord = {
    keys: ["row", ...Object.keys(others)],
    values: [selection, ...Object.values(others)],
    source: undefined,
  };
  return { record, rowOf: INNER, reads };
}
