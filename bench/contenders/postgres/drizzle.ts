import type { Targets } from "../../run/targets.ts";
import { openDrizzlePostgres } from "../shared/drizzle-postgres.ts";

export const title = "drizzle 1.0-rc";
export const open = (targets: Targets) => openDrizzlePostgres(targets, false);
