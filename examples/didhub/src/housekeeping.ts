import type { Database } from "plinth";
import { forgetBefore } from "./audit.ts";
import { readSetting } from "./settings.ts";

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Forgets entries of the audit log that are older than the setting `audit.keep_days`.
 *
 * Any number of servers may do this at once: one works, the others wait for it.
 *
 * @returns How many are gone.
 */
export function keepHouse(db: Database, now = new Date()): Promise<number> {
  return db.withLock("housekeeping", async () => {
    const keepDays = Number(await readSetting(db, "audit.keep_days"));
    return forgetBefore(db, new Date(now.getTime() - keepDays * dayMs));
  });
}
