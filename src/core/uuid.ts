const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const bytes = new Uint8Array(16);
let lastMs = 0;
let sequence = 0;

/**
 * A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, then a counter that starts at a random place in
 * each millisecond, then random bits. Those of one process sort in the order in which they were made.
 */
export function uuidv7(): string {
  // The global one: importing node:crypto costs 4 ms of a cold start.
  crypto.getRandomValues(bytes);
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
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += HEX[bytes[index]!]!;
  }
  return text;
}
