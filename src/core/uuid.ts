const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const LENGTH = 16;
/** Bytes of chance for many: to ask for them costs more than all the rest. */
const pool = new Uint8Array(128 * LENGTH);
let taken = pool.length;
const bytes = new Uint8Array(LENGTH);
let lastMs = 0;
let sequence = 0;

/**
 * A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, then a counter that starts at a random place in
 * each millisecond, then random bits. Those of one process sort in the order in which they were made.
 */
export function uuidv7(): string {
  if (taken === pool.length) {
    // The global one: importing node:crypto costs 4 ms of a cold start.
    crypto.getRandomValues(pool);
    taken = 0;
  }
  for (let index = 6; index < LENGTH; index++) bytes[index] = pool[taken + index]!;
  taken += LENGTH;
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = ((bytes[6]! & 0x07) << 8) | bytes[7]!;
  } else if (++sequence > 0xfff) {
    // The counter is used up within one millisecond, or the clock went back: borrow from the next one.
    lastMs++;
    sequence = 0;
  }
  bytes[0] = lastMs / 2 ** 40;
  bytes[1] = lastMs / 2 ** 32;
  bytes[2] = lastMs / 2 ** 24;
  bytes[3] = lastMs / 2 ** 16;
  bytes[4] = lastMs / 2 ** 8;
  bytes[5] = lastMs;
  bytes[6] = 0x70 | (sequence >> 8);
  bytes[7] = sequence;
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  let text = "";
  for (let index = 0; index < LENGTH; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += HEX[bytes[index]!]!;
  }
  return text;
}
