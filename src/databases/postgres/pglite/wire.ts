/** Speaks PostgreSQL's protocol with PGlite, which answers at once. */

import type { Cells } from "../../../dialect/driver.ts";
import {
  ask,
  copyRefused,
  type Answer,
  type MessageWriter,
  type PgField,
  type PortalQuestion,
  type Question,
} from "../connection/exchange.ts";
import type { Pglite, PgliteProtocol, ServerMessage } from "./driver-pglite.ts";

/** What answers hold, by the names of their messages. */
type Held = ServerMessage & {
  readonly fields: Cells | readonly PgField[];
  readonly status: string;
  readonly dataTypeIDs: readonly number[];
  readonly text: string;
};

/** Collects the messages of a question. */
class Outbox implements MessageWriter {
  readonly #serialize: PgliteProtocol["serialize"];
  readonly #parts: Uint8Array[] = [];
  readonly stream = { write: (bytes: Uint8Array) => this.#parts.push(bytes) };

  constructor({ serialize }: PgliteProtocol) {
    this.#serialize = serialize;
  }

  parse({ name, text, types }: Parameters<MessageWriter["parse"]>[0]): void {
    this.#parts.push(this.#serialize.parse({ name, text, types: [...types] }));
  }

  bind({ portal, statement, values }: Parameters<MessageWriter["bind"]>[0]): void {
    this.#parts.push(this.#serialize.bind({ portal, statement, values: [...values] }));
  }

  describe(message: Parameters<MessageWriter["describe"]>[0]): void {
    this.#parts.push(this.#serialize.describe(message));
  }

  execute(message: Parameters<MessageWriter["execute"]>[0]): void {
    this.#parts.push(this.#serialize.execute(message));
  }

  close(message: Parameters<MessageWriter["close"]>[0]): void {
    this.#parts.push(this.#serialize.close(message));
  }

  sync(): void {
    this.#parts.push(this.#serialize.sync());
  }

  query(text: string): void {
    this.#parts.push(this.#serialize.query(text));
  }

  /**
   * A COPY from the program waits for data, and there is nobody to wait for: it must find its end here. Elsewhere the
   * server ignores that. Source: PostgreSQL manual, "COPY Operations", and `PostgresMain`.
   */
  take(isScript: boolean): Buffer {
    const bytes = Buffer.concat(this.#parts.splice(0));
    const refusal = this.#serialize.copyFail("");
    if (isScript) return Buffer.concat([bytes, refusal]);
    const sync = this.#serialize.sync();
    return Buffer.concat([bytes.subarray(0, -sync.length), refusal, sync]);
  }
}

/** A column of a statement, as the server describes it. */
export interface StatementField extends PgField {
  /** Zero for what is no column of a table. */
  readonly tableID: number;
  readonly columnID: number;
  readonly dataTypeModifier: number;
}

export interface StatementShape {
  /** The numbers of its parameters' types. */
  readonly parameters: readonly number[];
  readonly fields: readonly StatementField[];
}

export class PgliteWire {
  /** Whether the last answer left a transaction open. */
  isInTransaction = false;
  readonly #pglite: Pglite;
  readonly #outbox: Outbox;

  constructor(pglite: Pglite) {
    this.#pglite = pglite;
    this.#outbox = new Outbox(pglite.protocol);
  }

  /** Analyses a statement and doesn't run it. */
  describe(text: string): StatementShape {
    const { serialize } = this.#pglite.protocol;
    let parameters: readonly number[] = [];
    let fields: readonly StatementField[] = [];
    const messages = [
      serialize.parse({ name: "", text, types: [] }),
      serialize.describe({ type: "S", name: "" }),
      serialize.sync(),
    ];
    this.#send(Buffer.concat(messages), (message) => {
      if (message.name === "parameterDescription") parameters = message.dataTypeIDs;
      if (message.name === "rowDescription") fields = message.fields as readonly StatementField[];
    });
    return { parameters, fields };
  }

  /** @throws the server's first error, or why it is of no more use. */
  ask(question: PortalQuestion | Question): Answer {
    ask(this.#outbox, question);
    const found: Cells[] = [];
    let fields: readonly PgField[] = [];
    let tag = "";
    this.#send(this.#outbox.take(question.isScript), (message) => {
      switch (message.name) {
        case "dataRow":
          if (!question.isScript) found.push(message.fields);
          return;
        case "rowDescription":
          fields = message.fields as readonly PgField[];
          return;
        case "commandComplete":
          tag = message.text;
      }
    });
    return { found, fields, tag };
  }

  #send(bytes: Uint8Array, each: (message: Held) => void): void {
    const { instance, protocol } = this.#pglite;
    let isCopy = false;
    let failure: unknown;
    new protocol.Parser().parse(instance.execProtocolRawSync(bytes), (message) => {
      if (message.name === "readyForQuery") this.isInTransaction = (message as Held).status !== "I";
      else if (message.name === "error") failure ??= message;
      else if (message.name === "copyInResponse" || message.name === "copyOutResponse")
        isCopy = true;
      else each(message as Held);
    });
    if (isCopy) throw copyRefused();
    if (failure !== undefined) throw failure;
  }
}
