/** The messages that every query sends, in one piece: `pg` makes a buffer and a write of each. */

const BIND = 66;
const EXECUTE = 69;
const SYNC = 83;

const EXECUTE_BYTES = 10;
const SYNC_BYTES = 5;

/** Up to here a loop is quicker than a call out of JavaScript. */
const SHORT_TEXT = 48;

/** Source: PostgreSQL manual, "Message Formats": Bind, Execute, Sync. */
export function bindExecuteSync(name: string, values: readonly (string | Buffer | null)[]): Buffer {
  let hasBytes = false;
  // Type, length, portal, name, the three counts, and four bytes before each value.
  let bindBytes = 13 + name.length + 4 * values.length;
  for (const value of values) {
    if (typeof value === "string") bindBytes += Buffer.byteLength(value);
    else if (value !== null) {
      hasBytes = true;
      bindBytes += value.length;
    }
  }
  if (hasBytes) bindBytes += 2 * values.length;
  const message = Buffer.allocUnsafe(bindBytes + EXECUTE_BYTES + SYNC_BYTES);
  message[0] = BIND;
  writeInt32(message, 1, bindBytes - 1);
  // The portal without a name. Names of statements are ours, and ASCII.
  message[5] = 0;
  let at = 6 + writeText(message, 6, name);
  message[at] = 0;
  // No formats at all means that every value is text.
  at = writeInt16(message, at + 1, hasBytes ? values.length : 0);
  if (hasBytes) {
    for (const value of values) at = writeInt16(message, at, value instanceof Buffer ? 1 : 0);
  }
  at = writeInt16(message, at, values.length);
  for (const value of values) at = writeValue(message, at, value);
  // All cells of the result as text.
  at = writeInt16(message, at, 0);
  writeEnd(message, at);
  return message;
}

/** @returns where the next one begins, as all of these do but `writeText`. */
function writeValue(message: Buffer, at: number, value: string | Buffer | null): number {
  if (value === null) return writeInt32(message, at, -1);
  const start = at + 4;
  const bytes =
    typeof value === "string" ? writeText(message, start, value) : value.copy(message, start);
  writeInt32(message, at, bytes);
  return start + bytes;
}

/** @returns how many bytes it has. */
function writeText(message: Buffer, at: number, text: string): number {
  const { length } = text;
  if (length > SHORT_TEXT) return message.write(text, at);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return message.write(text, at);
    message[at + index] = code;
  }
  return length;
}

function writeInt16(message: Buffer, at: number, value: number): number {
  message[at] = value >> 8;
  message[at + 1] = value;
  return at + 2;
}

function writeInt32(message: Buffer, at: number, value: number): number {
  message[at] = value >> 24;
  message[at + 1] = value >> 16;
  message[at + 2] = value >> 8;
  message[at + 3] = value;
  return at + 4;
}

function writeEnd(message: Buffer, at: number): void {
  message[at] = EXECUTE;
  writeInt32(message, at + 1, 9);
  message[at + 5] = 0;
  writeInt32(message, at + 6, 0);
  message[at + EXECUTE_BYTES] = SYNC;
  writeInt32(message, at + EXECUTE_BYTES + 1, 4);
}
