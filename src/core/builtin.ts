/**
 * Parts of Node that are found when they are first asked for. An import reads every member of them, which makes what they
 * would make when it is wanted: `node:fs` its promises, `node:util` a stream. That costs each program's start 3 ms.
 */

import type * as NodeFs from "node:fs";
import type * as NodeUtil from "node:util";

export function fs(): typeof NodeFs {
  return process.getBuiltinModule("node:fs");
}

export function util(): typeof NodeUtil {
  return process.getBuiltinModule("node:util");
}
