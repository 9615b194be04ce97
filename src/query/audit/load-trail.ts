/** What writes audit trails. Most programs have none, and start without it. */

import { noTrail } from "./history.ts";
import type * as Trail from "./trail.ts";

let loaded: typeof Trail | undefined;

/** To be awaited before a trail is begun. */
export async function loadTrail(): Promise<void> {
  loaded ??= await import("./trail.ts");
}

/** @throws {ConfigError} where `connect` was told of no audit trail. */
export function trailCode(): typeof Trail {
  if (loaded === undefined) throw noTrail();
  return loaded;
}
