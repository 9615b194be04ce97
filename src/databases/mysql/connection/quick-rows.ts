/** Has the rows of prepared statements read by our own loop, in the place that the driver's commands keep for theirs. */

import { rowReader, type ReadRow, type WireColumn } from "./row-reader.ts";

/** The inside of the driver, as far as it is used. */
interface Command {
  /** Absent where it is no execution of a prepared statement. */
  readonly prepare?: object;
  readonly _columns: readonly WireColumn[];
  /** Is called when the columns are known, and says how rows are read. */
  setParser(): void;
  parseRow: ReadRow;
}

interface Inside {
  readonly conn: {
    /** What waits for an answer. */
    readonly receiveQueue: { peekBack(): Command | undefined };
  };
}

/** Versions whose inside is as said here; others read rows in their own way. */
const KNOWN_VERSION = /^3\.[45]\./;

export function canReadQuickly(version: unknown): boolean {
  return typeof version === "string" && KNOWN_VERSION.test(version);
}

/** The rows of one prepared statement. */
export class QuickRows {
  readonly #inside: Inside;
  readonly #setParser: Command["setParser"];

  constructor(prepared: object) {
    this.#inside = prepared as Inside;
    let columns: readonly WireColumn[] | undefined;
    let read: ReadRow | undefined;
    this.#setParser = function setParser(this: Command): void {
      // The same ones each time, where the server leaves out what it has told.
      if (columns !== this._columns) {
        columns = this._columns;
        read = rowReader(columns);
      }
      if (read === undefined) (Object.getPrototypeOf(this) as Command).setParser.call(this);
      else this.parseRow = read;
    };
  }

  /** Is for what was asked last. */
  expect(): void {
    const command = this.#inside.conn.receiveQueue.peekBack();
    if (command?.prepare === this.#inside) command.setParser = this.#setParser;
  }
}
