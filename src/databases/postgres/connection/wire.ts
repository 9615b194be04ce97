/** The messages that every query sends, in one piece: `pg` makes a buffer and a write of each. */

const BIND = 66;
const EXECUTE = 69;
const SYNC = 83;

const EXECUTE_BYTES = 10;
const SYNC_BYTES = 5;

/** Source: PostgreSQL manual, "Message Formats": Bind, Execute, Sync. */
export function bindExecuteSync(name: string, values: readonly (string | Buffer | null)[]): Buffer {
  const hasBytes = values.some((value) => typeof value === "object" && value !== null);
  // Type, length, portal, name, the three counts, and four bytes before each value.
  let bindBytes = 13 + name.length + 4 * values.length + (hasBytes ? 2 * values.length : 0);
  const lengths = values.map((value) => {
    if (value === null) return -1;
    const length = typeof value === "string" ? Buffer.byteLength(value) : value.length;
    bindBytes += length;
    return length;
  });
  const message = Buffer.allocUnsafe(bindBytes + EXECUTE_BYTES + SYNC_BYTES);
  let at = writeStart(message, name, bindBytes);
  // No formats at all means that every value is text.
  at = message.writeUInt16BE(hasBytes ? values.length : 0, at);
  if (hasBytes) {
    for (const value of values) at = message.writeInt16BE(value instanceof Buffer ? 1 : 0, at);
  }
  at = message.writeUInt16BE(values.length, at);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    at = message.writeInt32BE(lengths[index]!, at);
    if (typeof value === "string") at += message.write(value, at);
    else if (value instanceof Buffer) at += value.copy(message, at);
  }
  // All cells of the result as text.
  at = message.writeInt16BE(0, at);
  writeEnd(message, at);
  return message;
}

/** @returns where the counts begin. */
function writeStart(message: Buffer, name: string, bindBytes: number): number {
  message[0] = BIND;
  message.writeInt32BE(bindBytes - 1, 1);
  // The portal without a name. Names of statements are ours, and ASCII.
  message[5] = 0;
  message.write(name, 6, "latin1");
  message[6 + name.length] = 0;
  return 7 + name.length;
}

function writeEnd(message: Buffer, at: number): void {
  message[at] = EXECUTE;
  message.writeInt32BE(9, at + 1);
  message[at + 5] = 0;
  message.writeInt32BE(0, at + 6);
  message[at + EXECUTE_BYTES] = SYNC;
  message.writeInt32BE(4, at + EXECUTE_BYTES + 1);
}
