/** Statements that are written as SQL. */

import type { RawStatement } from "../../ast/statement.ts";
import type { Limits } from "../../connect/limits.ts";
import { InvalidValueError } from "../../core/error.ts";
import { limitScope, type Scope } from "../run.ts";
import { Sql } from "../sql.ts";
import { namedDecoder, streamRows, type StreamOptions } from "./stream.ts";

/** What a statement written as SQL gave. */
export interface ExecuteResult<Row> {
  /** By the names that the statement gives its columns. */
  readonly rows: Row[];
  readonly affectedRows: number;
}

function rawStatement(statement: unknown, method: string): RawStatement {
  if (statement instanceof Sql) return { kind: "raw", fragment: statement };
  throw new InvalidValueError(
    `${method}() takes a statement of sql\`…\`, so that its values are bound.`,
  );
}

function within(scope: Scope, { signal, timeoutMs }: Limits): Scope {
  if (signal === undefined && timeoutMs === undefined) return scope;
  return limitScope(scope, { signal, timeoutMs });
}

export async function executeSql<Row>(
  scope: Scope,
  statement: Sql<Row>,
  limits: Limits,
): Promise<ExecuteResult<Row>> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(rawStatement(statement, "execute"), values);
  const bound = plan.bind(values, scope.context);
  const { runner } = within(scope, limits);
  try {
    const { names, rows, affectedRows } = await runner.named(plan.statement, bound);
    return { rows: rows.map(namedDecoder(names)) as Row[], affectedRows };
  } catch (error) {
    throw plan.toDbError(error);
  }
}

export function streamSql<Row>(
  scope: Scope,
  statement: Sql<Row>,
  options: Limits & StreamOptions,
): AsyncIterable<Row> {
  const raw = rawStatement(statement, "stream");
  return streamRows(within(scope, options), raw, options) as AsyncIterable<Row>;
}
