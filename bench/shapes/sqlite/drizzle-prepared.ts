import type { Targets } from "../../run/targets.ts";
import { openDrizzleSqliteShapes } from "../shared/drizzle-sqlite.ts";

export const title = "drizzle 1.0-rc, prepared by hand";
export const open = (targets: Targets) => openDrizzleSqliteShapes(targets, true);
