/** One question to the server and its answer: what `pg` lets a query object do itself. */

import { UnsupportedError } from "../../../core/error.ts";
import type { Cells } from "../../../dialect/driver.ts";
import type { KeptStatement } from "./kept-statements.ts";
import { bindExecuteSync } from "./wire.ts";

/** A column of an answer. */
export interface PgField {
  readonly name: string;
  readonly dataTypeID: number;
}

/** The messages of the protocol. */
export interface MessageWriter {
  readonly stream: { write(bytes: Uint8Array): unknown };
  parse(message: { name: string; text: string; types: readonly number[] }): void;
  bind(message: {
    portal: string;
    statement: string;
    values: readonly (string | Buffer | null)[];
  }): void;
  describe(message: { type: "P"; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  close(message: { type: "P" | "S"; name: string }): void;
  sync(): void;
  query(text: string): void;
}

/** How `pg` writes them. */
export interface PgWire extends MessageWriter {
  readonly stream: {
    readonly writableCorked: number;
    cork(): void;
    uncork(): void;
    destroy(): unknown;
    write(bytes: Uint8Array): unknown;
  };
  sendCopyFail(reason: string): void;
}

/** What is sent. */
export interface Question {
  readonly text: string;
  /** Sent by the simple protocol, which takes several statements and no values; its rows are dropped. */
  readonly isScript: boolean;
  /** Where it goes by a name. */
  readonly kept: KeptStatement | undefined;
  /** The server's name of the statement; empty for one that isn't kept. */
  readonly name: string;
  readonly isParsed: boolean;
  /** The types of the parameters, as far as the server is told. */
  readonly typeIds: readonly number[];
  readonly values: readonly (string | Buffer | null)[];
  /** Whether names and types of the columns are wanted. A kept statement's are known, and can't change unnoticed. */
  readonly isDescribed: boolean;
  /** Names that the server forgets beforehand. */
  readonly closing: readonly string[];
}

/** What is sent for the rows of a portal: a statement that runs only as far as it is read, in its transaction. */
export interface PortalQuestion extends Question {
  readonly portal: string;
  readonly rowCount: number;
  /** What becomes of it. */
  readonly step: "close" | "open" | "read";
}

/** What came back. */
export interface Answer {
  /** Not called `rows`, which to pg is a portal read in pages. */
  readonly found: readonly Cells[];
  readonly fields: readonly PgField[];
  /** Such as `INSERT 0 3`. */
  readonly tag: string;
}

export type Settle = (error: unknown, answer: Answer) => void;

/** Constructs what `client.query` takes. */
export type ExchangeClass = new (question: Question, settle: Settle) => object;

function writeQuestion(wire: MessageWriter, question: Question): void {
  if (question.isScript) {
    wire.query(question.text);
    return;
  }
  const { name, text, typeIds: types, values } = question;
  for (const closed of question.closing) wire.close({ type: "S", name: closed });
  if (!question.isParsed) wire.parse({ name, text, types });
  if (question.isDescribed) {
    wire.bind({ portal: "", statement: name, values });
    wire.describe({ type: "P", name: "" });
    wire.execute({ portal: "", rows: 0 });
    wire.sync();
  } else wire.stream.write(bindExecuteSync(name, values));
}

function writePortal(wire: MessageWriter, question: PortalQuestion): void {
  const { portal, rowCount, step, text, typeIds: types, values } = question;
  if (step === "close") wire.close({ type: "P", name: portal });
  else {
    if (step === "open") {
      wire.parse({ name: "", text, types });
      wire.bind({ portal, statement: "", values });
      wire.describe({ type: "P", name: portal });
    }
    wire.execute({ portal, rows: rowCount });
  }
  wire.sync();
}

/** Writes the messages of a question. */
export function ask(wire: MessageWriter, question: PortalQuestion | Question): void {
  if ("portal" in question) writePortal(wire, question);
  else writeQuestion(wire, question);
}

export function copyRefused(): UnsupportedError {
  return new UnsupportedError({
    dialect: "PostgreSQL",
    feature: "COPY from or to the program in a query",
    instead: "Insert or select the rows, or use \\copy of psql.",
  });
}

/**
 * A pipelined client takes only what is `instanceof Query`. The prototype is all that is taken from it: its constructor
 * would cost as much as the rest of a small query.
 */
export function defineExchange(Query: { readonly prototype: object }): ExchangeClass {
  class Exchange implements Answer {
    readonly found: Cells[] = [];
    fields: readonly PgField[] = [];
    tag = "";
    readonly #question: Question;
    readonly #settle: Settle;
    #isCopy = false;

    constructor(question: Question, settle: Settle) {
      this.#question = question;
      this.#settle = settle;
    }

    submit(wire: PgWire): null {
      ask(wire, this.#question);
      return null;
    }

    handleRowDescription({ fields }: { fields: readonly PgField[] }): void {
      this.fields = fields;
    }

    handleDataRow({ fields }: { fields: Cells }): void {
      if (!this.#question.isScript) this.found.push(fields);
    }

    handleCommandComplete({ text }: { text: string }): void {
      this.tag = text;
    }

    handleEmptyQuery(): void {}

    /** There are more rows. */
    handlePortalSuspended(): void {}

    handleCopyInResponse(wire: PgWire): void {
      this.#isCopy = true;
      wire.sendCopyFail("");
      // While it waited for data the server ignored the first one. Source: PostgreSQL manual, "COPY Operations".
      if (!this.#question.isScript) wire.sync();
    }

    handleCopyData(): void {
      this.#isCopy = true;
    }

    handleError(error: unknown): void {
      this.#settle(this.#isCopy ? copyRefused() : error, this);
    }

    handleReadyForQuery(): void {
      this.#settle(this.#isCopy ? copyRefused() : undefined, this);
    }
  }
  Object.setPrototypeOf(Exchange.prototype, Query.prototype);
  return Exchange;
}
