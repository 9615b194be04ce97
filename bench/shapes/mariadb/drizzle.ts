import type { Targets } from "../../run/targets.ts";
import { openDrizzleMariadbShapes } from "../shared/drizzle-mariadb.ts";

export const title = "drizzle 1.0-rc";
export const open = (targets: Targets) => openDrizzleMariadbShapes(targets, false);
