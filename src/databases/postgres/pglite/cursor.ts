import { closedError } from "../../../core/error.ts";
import type { Cells, RowCursor } from "../../../dialect/driver.ts";
import type { Answer, PgField, PortalQuestion } from "../connection/exchange.ts";

/** How a cursor reaches its session. */
export interface CursorOptions {
  readonly question: PortalQuestion;
  /** Makes rows of an answer, whose columns are those of the first. */
  readonly read: (answer: Answer) => readonly Cells[];
  readonly ask: (question: PortalQuestion) => Answer;
  /** Begins the transaction that it reads in, unless it is inside of one. */
  readonly begin: () => void;
  /** Ends it; undefined where it is somebody else's. */
  readonly end: ((isFailed: boolean) => void) | undefined;
}

/** A portal, which is read when its rows are asked for. */
export class PgliteCursor implements RowCursor {
  names: readonly string[] = [];
  readonly #options: CursorOptions;
  #fields: readonly PgField[] = [];
  #state: "done" | "new" | "open" = "new";
  /** What was read before it was asked for; undefined while nothing was. */
  #rest: Cells[] | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: CursorOptions) {
    this.#options = options;
  }

  next(rowCount: number): readonly Cells[] {
    const rest = this.#rest;
    if (rest === undefined) return this.#step(rowCount);
    if (rest.length === 0 && this.#failure !== undefined) throw this.#failure.error;
    return rest.splice(0, rowCount);
  }

  #step(rowCount: number): readonly Cells[] {
    const { ask, begin, question, read } = this.#options;
    if (this.#state === "done") throw closedError();
    const isFirst = this.#state === "new";
    try {
      if (isFirst) begin();
      this.#state = "open";
      // 0 is all of them.
      const count = rowCount === Infinity ? 0 : rowCount;
      const answer = ask({ ...question, rowCount: count, step: isFirst ? "open" : "read" });
      if (isFirst) {
        this.#fields = answer.fields;
        this.names = answer.fields.map((field) => field.name);
      }
      const rows = read({ found: answer.found, fields: this.#fields, tag: answer.tag });
      if (rows.length < rowCount) {
        this.#rest = [];
        this.#end(false);
      }
      return rows;
    } catch (error) {
      this.#end(true);
      throw error;
    }
  }

  /** Reads all there is, as somebody else wants the session. An error is for the reader. */
  readRest(): void {
    try {
      this.#rest = [...this.#step(Infinity)];
    } catch (error) {
      this.#rest = [];
      this.#failure = { error };
    }
  }

  close(): void {
    const isOpen = this.#state === "open";
    const { ask, end, question } = this.#options;
    if (isOpen && end === undefined) {
      try {
        ask({ ...question, step: "close" });
      } catch {
        // The end of the transaction closes it too.
      }
    }
    this.#end(false);
  }

  #end(isFailed: boolean): void {
    const isOpen = this.#state === "open";
    this.#state = "done";
    if (isOpen) this.#options.end?.(isFailed);
  }
}
