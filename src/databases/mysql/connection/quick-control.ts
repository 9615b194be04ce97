/** Sends what begins and ends transactions: texts whose packets are always the same, and whose answer says nothing. */

import { byDriver, type DriverConnection } from "./quick-statement.ts";
import {
  QuickCommand,
  type DriverCommand,
  type Ended,
  type Question,
  type Settle,
} from "./quick-command.ts";

/** The driver's command that sends a text, as far as it is used. */
interface Query extends DriverCommand {
  readonly sql?: string;
}

type QueryClass = new (
  resolve: Settle,
  reject: Settle,
  options: object,
  parameters: { readonly sql: string },
) => Query;

/** A text's packet. Source: MariaDB manual, "COM_QUERY". */
export function textPacket(text: string): Buffer {
  const size = 1 + Buffer.byteLength(text);
  const packet = Buffer.allocUnsafeSlow(4 + size);
  packet.writeUIntLE(size, 0, 3);
  packet[3] = 0;
  packet[4] = 3;
  packet.write(text, 5);
  return packet;
}

function nothing(): void {}

/** What sends a text by the driver's own way. */
interface Texts {
  query(text: string): Promise<unknown>;
}

/** Those of one connection. */
export class QuickControls {
  readonly #conn: DriverConnection;
  readonly #client: Texts;
  #Query: QueryClass | undefined;

  /** @param client Sends the first by the driver's own way, which makes a command of the class that is looked for. */
  constructor(conn: DriverConnection, client: Texts) {
    this.#conn = conn;
    this.#client = client;
  }

  run(text: string, packet: Buffer, ended: Ended): Promise<void> {
    const Query = this.#Query;
    const conn = this.#conn;
    if (Query === undefined) {
      const answer = this.#client.query(text);
      const command = conn.receiveQueue.peekBack() as Query | undefined;
      if (command?.sql === text) this.#Query = command.constructor as QueryClass;
      return byDriver(answer, nothing, ended) as Promise<void>;
    }
    const question: Question = {
      columns: [],
      readerOf: () => undefined,
      driverCommand: (resolve, reject) => new Query(resolve, reject, conn.opts, { sql: text }),
      driverCommandAfter: (_, resolve, reject) => question.driverCommand(resolve, reject),
    };
    return new Promise<unknown>((resolve, reject) => {
      conn.addCommand(new QuickCommand(question, packet, nothing, ended, resolve, reject), true);
    }) as Promise<void>;
  }
}
