import type { Targets } from "../../run/targets.ts";
import { openDrizzlePostgresShapes } from "../shared/drizzle-postgres.ts";

export const title = "drizzle 1.0-rc, prepared by hand";
export const open = (targets: Targets) => openDrizzlePostgresShapes(targets, true);
