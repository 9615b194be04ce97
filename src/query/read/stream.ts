/** Reading rows bit by bit. */

import type { Statement } from "../../ast/statement.ts";
import { toDbError } from "../../connect/engine.ts";
import { breathe } from "../../connect/open-stream.ts";
import type { OpenStream, StreamRequest } from "../../connect/source.ts";
import { InvalidValueError } from "../../core/error.ts";
import type { Cells } from "../../dialect/driver.ts";
import type { Scope } from "../run.ts";

export interface StreamOptions {
  /** How many rows are read at a time, and so how many are in memory. Default 500. */
  readonly batch?: number | undefined;
}

const DEFAULT_BATCH = 500;

/** What is read bit by bit. */
export interface Streamed extends StreamRequest {
  /** Undefined: by the names that the statement gives its columns. */
  readonly decodeRow: ((cells: Cells) => unknown) | undefined;
}

/** Nothing runs before it is iterated; iterating it again reads again. */
export function streamRows(
  scope: Scope,
  source: Statement,
  options: StreamOptions,
): AsyncIterable<unknown> {
  const isRaw = source.kind === "raw";
  const prepare = (): Streamed => {
    const values: unknown[] = [];
    const plan = scope.plans.planOf(source, values);
    const { statement } = plan;
    const parameters = plan.bind(values, scope.context);
    const decodeRow = isRaw ? undefined : (cells: Cells) => plan.decodeRow(cells);
    return { statement, parameters, isRaw, decodeRow };
  };
  return streamOf(scope, prepare, options);
}

/** The same of a statement that is made in another way. @param prepare Is called each time that it is read. */
export function streamOf(
  scope: Scope,
  prepare: () => Streamed,
  { batch = DEFAULT_BATCH }: StreamOptions,
): AsyncIterable<unknown> {
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > 2 ** 31 - 1) {
    throw new InvalidValueError("The batch of a stream is a whole number of rows, 1 or more.");
  }
  return { [Symbol.asyncIterator]: () => readRows(scope, prepare, batch) };
}

async function* readRows(
  scope: Scope,
  prepare: () => Streamed,
  rowCount: number,
): AsyncGenerator<unknown, void, undefined> {
  const { engine } = scope.plans;
  const { isEmbedded } = engine.dialect.can;
  let open: OpenStream | undefined;
  try {
    const { decodeRow, ...request } = prepare();
    open = await scope.runner.stream(request);
    for (;;) {
      const rows = await open.cursor.next(rowCount);
      const isLast = rows.length < rowCount;
      // The connection is free before the last rows are worked on.
      if (isLast) await open.end(false);
      const decode = decodeRow ?? namedDecoder(open.cursor.names);
      for (const cells of rows) yield decode(cells);
      if (isLast) return;
      if (isEmbedded) await breathe();
    }
  } catch (error) {
    throw toDbError(engine, error, []);
  } finally {
    await open?.end(true);
  }
}

/** The rows of SQL by hand, by the names that it gives its columns. */
export function namedDecoder(names: readonly string[]): (cells: Cells) => unknown {
  return (cells) => Object.fromEntries(names.map((name, index) => [name, cells[index]]));
}
