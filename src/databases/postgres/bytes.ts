import type { Decode } from "../../dialect/values/type-map.ts";

/** `\\x` and two hexadecimal digits for each byte. A copy of its own: a Buffer may be part of a larger one. */
export const readBytes: Decode = (cell) =>
  new Uint8Array(Buffer.from(String(cell).slice(2), "hex"));
