import type * as NodeCrypto from "node:crypto";

let loaded: typeof NodeCrypto | undefined;

/** Node's own cryptography, loaded when it is first asked for: at the top of a module it costs each program's start 4 ms. */
export function crypto(): typeof NodeCrypto {
  loaded ??= process.getBuiltinModule("node:crypto");
  return loaded;
}
