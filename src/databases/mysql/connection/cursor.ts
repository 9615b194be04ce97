import { closedError } from "../../../core/error.ts";
import type { MaybePromise } from "../../../core/maybe-promise.ts";
import type { Cells, RowCursor } from "../../../dialect/driver.ts";
import { readPlaces, severalResults, type ColumnDefinition, type ResultRows } from "./results.ts";

/** What the package gives for the rows of a result, and takes more from the socket for as they are read. */
export interface RowStream {
  read(): Cells | object | null;
  on(event: "end" | "readable", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  on(event: "fields", listener: (columns: readonly ColumnDefinition[]) => void): unknown;
  /** Passes by what is still to come. */
  close(): void;
}

export interface CursorOptions {
  /** Executes the statement; the server then sends its rows as fast as they are taken. */
  readonly execute: () => Promise<RowStream>;
  /** The places of the cells to read by the types that the server tells; undefined for all. */
  readonly places: readonly number[] | undefined;
  /** Is called when the connection is free for others. */
  readonly leave: () => void;
  /** Ends the statement on the server. Is called when the rest isn't wanted, and with when it will have ended. */
  readonly abandon: (ended: Promise<void>) => void;
}

/** The rows of a statement that has its connection to itself until the last one is read. */
export class MariadbCursor implements RowCursor {
  names: readonly string[] = [];
  readonly #options: CursorOptions;
  #stream: RowStream | undefined;
  #columns: readonly ColumnDefinition[] = [];
  #isEnded = false;
  #error: unknown;
  #isClosed = false;
  /** Those who wait for rows, or for the end. */
  #waiting: (() => void)[] = [];

  constructor(options: CursorOptions) {
    this.#options = options;
  }

  async next(rowCount: number): Promise<readonly Cells[]> {
    if (this.#isClosed) throw closedError();
    const stream = (this.#stream ??= await this.#open());
    const rows: Cells[] = [];
    for (;;) {
      const row = rows.length < rowCount ? stream.read() : null;
      if (row !== null) {
        // What isn't cells tells how a procedure ended.
        if (Array.isArray(row)) rows.push(row);
        continue;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#isClosed) throw closedError();
      if (rows.length === rowCount || this.#isEnded) return this.#valuesOf(rows);
      await this.#wait();
    }
  }

  async #open(): Promise<RowStream> {
    try {
      const stream = await this.#options.execute();
      const wake = (): void => this.#wake();
      stream.on("fields", (columns) => {
        if (this.#columns.length > 0) {
          this.#error ??= severalResults();
          return;
        }
        this.#columns = columns;
        this.names = columns.map((column) => column.name());
      });
      stream.on("readable", wake);
      stream.on("end", () => this.#end());
      stream.on("error", (error) => {
        this.#error ??= error;
        this.#end();
      });
      return stream;
    } catch (error) {
      this.#error = error;
      this.#end();
      throw error;
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.leave();
    this.#wake();
  }

  #valuesOf(rows: readonly Cells[]): readonly Cells[] {
    const places = this.#options.places ?? this.#columns.map((_, place) => place);
    if (places.length === 0) return rows;
    return readPlaces(Object.assign([...rows], { meta: this.#columns }) as ResultRows, places);
  }

  close(): MaybePromise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const stream = this.#stream;
    if (stream === undefined || this.#isEnded) {
      this.#end();
      return;
    }
    const ended = this.#readToEnd(stream);
    this.#options.abandon(ended);
    return ended;
  }

  /** What is on its way already can only be read and dropped. */
  async #readToEnd(stream: RowStream): Promise<void> {
    stream.close();
    for (;;) {
      while (stream.read() !== null);
      if (this.#isEnded) return;
      await this.#wait();
    }
  }
}
