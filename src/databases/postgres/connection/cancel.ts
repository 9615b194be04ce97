/** Ending a statement on the server: a request on a socket of its own, as the protocol has it. */

import { connect as connectSocket, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TlsSettings } from "../../../dialect/server/server-url.ts";
import type { Place } from "./connect-errors.ts";

/** The way to the server of a connection. */
export interface CancelTarget {
  readonly place: Place;
  readonly tls: TlsSettings | false;
  readonly connectTimeoutMs: number;
}

/** What the server told the connection when it began. */
export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

// Source: PostgreSQL manual, "Message Formats": CancelRequest, SSLRequest.
const CANCEL = 80_877_102;
const USE_TLS = 80_877_103;

function message(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  [bytes.length, ...numbers].forEach((number, at) => bytes.writeInt32BE(number | 0, 4 * at));
  return bytes;
}

function openSocket({ host, port }: Place): Socket {
  return host.startsWith("/")
    ? connectSocket(`${host}/.s.PGSQL.${port}`)
    : connectSocket({ host, port });
}

/** The key is as good as a password for cancelling, so it goes through TLS where the connection does. */
async function secured(socket: Socket, host: string, tls: TlsSettings): Promise<Socket> {
  socket.write(message(USE_TLS));
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once("data", resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("The server hung up.")));
  });
  if (answer.toString("latin1") !== "S") throw new Error("The server refuses TLS.");
  return connectTls({ socket, host, ...tls });
}

/**
 * Asks the server to end what the connection is doing. It hangs up when it has passed that on: what is sent to the
 * connection afterwards isn't met.
 */
export async function sendCancel(target: CancelTarget, key: BackendKey): Promise<void> {
  const { place, tls, connectTimeoutMs } = target;
  const plain = openSocket(place);
  // Unheard, an error that comes after another one would end the process.
  plain.on("error", () => {});
  const timer = setTimeout(() => plain.destroy(new Error("timeout expired")), connectTimeoutMs);
  try {
    const socket = tls === false ? plain : await secured(plain, place.host, tls);
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      // The server closes without a word; reading on is what notices that.
      socket.once("close", () => resolve());
      socket.resume();
      socket.write(message(CANCEL, key.processID, key.secretKey));
    });
  } finally {
    clearTimeout(timer);
    plain.destroy();
  }
}
