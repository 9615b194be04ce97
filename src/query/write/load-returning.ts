/** What gives back written rows where the database has no RETURNING for them. On others a program starts without it. */

import type { Capabilities } from "../../dialect/capabilities.ts";
import type * as Returning from "./returning.ts";

let loaded: typeof Returning | undefined;

/** To be awaited before a database is used. */
export async function loadReadBack(can: Capabilities): Promise<void> {
  if (
    can.insertReturning &&
    can.updateReturning &&
    can.deleteReturning &&
    can.joinedDeleteReturning
  )
    return;
  loaded ??= await import("./returning.ts");
}

/** For a database that can't do all of it. */
export function readBack(): typeof Returning {
  return loaded!;
}
