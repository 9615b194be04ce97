/** Reading rows bit by bit. */

import type { Statement } from "../../ast/statement.ts";
import { breathe } from "../../connect/open-stream.ts";
import type { OpenStream } from "../../connect/source.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { Cells } from "../../dialect/driver.ts";
import type { Scope } from "../run.ts";

export interface StreamOptions {
  /** How many rows are read at a time, and so how many are in memory. Default 500. */
  readonly batch?: number | undefined;
}

const DEFAULT_BATCH = 500;

/** Nothing runs before it is iterated; iterating it again reads again. */
export function streamRows(
  scope: Scope,
  statement: Statement,
  { batch = DEFAULT_BATCH }: StreamOptions,
): AsyncIterable<unknown> {
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > 2 ** 31 - 1) {
    throw new InvalidValueError("The batch of a stream is a whole number of rows, 1 or more.");
  }
  return { [Symbol.asyncIterator]: () => readRows(scope, statement, batch) };
}

async function* readRows(
  scope: Scope,
  source: Statement,
  rowCount: number,
): AsyncGenerator<unknown, void, undefined> {
  const values: unknown[] = [];
  const plan = scope.plans.planOf(source, values);
  const { isEmbedded } = plan.can;
  const isRaw = source.kind === "raw";
  let open: OpenStream | undefined;
  try {
    const parameters = plan.bind(values, scope.context);
    open = await scope.runner.stream({ statement: plan.statement, parameters, isRaw });
    for (;;) {
      const rows = await open.cursor.next(rowCount);
      const isLast = rows.length < rowCount;
      // The connection is free before the last rows are worked on.
      if (isLast) await open.end(false);
      const decode = isRaw
        ? namedDecoder(open.cursor.names)
        : (cells: Cells) => plan.decodeRow(cells);
      for (const cells of rows) yield decode(cells);
      if (isLast) return;
      if (isEmbedded) await breathe();
    }
  } catch (error) {
    throw plan.toDbError(error);
  } finally {
    await open?.end(true);
  }
}

/** The rows of SQL by hand, by the names that it gives its columns. */
export function namedDecoder(names: readonly string[]): (cells: Cells) => unknown {
  return (cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]]));
}
