import type { Targets } from "../../run/targets.ts";
import { openDrizzle0Postgres } from "../shared/drizzle-0-postgres.ts";

export const title = "drizzle 0.45, prepared by hand";
export const open = (targets: Targets) => openDrizzle0Postgres(targets, true);
