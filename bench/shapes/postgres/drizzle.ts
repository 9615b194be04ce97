import type { Targets } from "../../run/targets.ts";
import { openDrizzlePostgresShapes } from "../shared/drizzle-postgres.ts";

export const title = "drizzle 1.0-rc";
export const open = (targets: Targets) => openDrizzlePostgresShapes(targets, false);
