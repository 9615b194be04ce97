import type { Statement } from "../../ast/statement.ts";
import type { Scope } from "../run.ts";

/** A text and its values, as the driver gets them. */
export interface SqlText {
  readonly text: string;
  readonly values: readonly unknown[];
}

export function toSql(scope: Scope, statement: Statement): SqlText {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(statement, values);
  return { text: plan.statement.text, values: [...plan.bind(values, scope.context)] };
}
