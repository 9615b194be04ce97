import type { StatementSync } from "node:sqlite";
import { closedError } from "../../../core/error.ts";
import type { Cells, RowCursor } from "../../../dialect/driver.ts";

type Scalar = null | number | bigint | string | Uint8Array;

/** Steps through a statement of its own. */
export class SqliteCursor implements RowCursor {
  readonly names: readonly string[];
  readonly #open: Set<SqliteCursor>;
  readonly #iterator: NodeJS.Iterator<unknown>;
  /** What was read before it was asked for; undefined while nothing was. */
  #rest: Cells[] | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isOpen = true;

  /** @param open The cursors of its connection, which it leaves when it is closed. */
  constructor(statement: StatementSync, parameters: readonly Scalar[], open: Set<SqliteCursor>) {
    this.names = statement.columns().map((column) => column.name);
    this.#iterator = statement.iterate(...parameters);
    this.#open = open;
  }

  next(rowCount: number): readonly Cells[] {
    const rest = this.#rest;
    if (rest === undefined) {
      if (!this.#isOpen) throw closedError();
      return this.#step(rowCount);
    }
    if (rest.length === 0 && this.#failure !== undefined) throw this.#failure.error;
    return rest.splice(0, rowCount);
  }

  #step(rowCount: number): Cells[] {
    const rows: Cells[] = [];
    try {
      while (rows.length < rowCount) {
        const step = this.#iterator.next();
        if (step.done === true) {
          this.#rest = [];
          this.close();
          break;
        }
        // With arrays switched on, rows are arrays, which the types of Node don't tell.
        rows.push(step.value as Cells);
      }
      return rows;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Reads all there is, so that a write doesn't change it. An error is for the reader. */
  readRest(): void {
    try {
      this.#rest = this.#step(Infinity);
    } catch (error) {
      this.#rest = [];
      this.#failure = { error };
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#open.delete(this);
    this.#iterator.return?.();
  }
}
