/** What runs the writes of tables that are watched. Most programs watch none, and start without it. */

import type * as Inserts from "./insert.ts";
import type * as UpdatesOfMany from "./update-many.ts";
import type * as Updates from "./update.ts";
import type * as Upserts from "./upsert.ts";

type WatchedWrites = typeof Inserts & typeof Updates & typeof UpdatesOfMany & typeof Upserts;

let loaded: WatchedWrites | undefined;

/** To be awaited before a table is watched. */
export async function loadWatchedWrites(): Promise<void> {
  if (loaded !== undefined) return;
  const [inserts, upserts, updates, updatesOfMany] = await Promise.all([
    import("./insert.ts"),
    import("./upsert.ts"),
    import("./update.ts"),
    import("./update-many.ts"),
  ]);
  loaded = { ...inserts, ...upserts, ...updates, ...updatesOfMany };
}

/** For the write of a table that is watched. */
export function watchedWrites(): WatchedWrites {
  return loaded!;
}
