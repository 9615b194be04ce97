import type { Targets } from "../../run/targets.ts";
import { openDrizzle0Mariadb } from "../shared/drizzle-0-mariadb.ts";

export const title = "drizzle 0.45, prepared by hand";
export const open = (targets: Targets) => openDrizzle0Mariadb(targets, true);
