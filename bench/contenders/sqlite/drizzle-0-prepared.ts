import type { Targets } from "../../run/targets.ts";
import { openDrizzle0Sqlite } from "../shared/drizzle-0-sqlite.ts";

export const title = "drizzle 0.45, prepared by hand";
export const open = (targets: Targets) => openDrizzle0Sqlite(targets, true);
