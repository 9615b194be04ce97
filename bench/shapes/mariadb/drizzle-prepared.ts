import type { Targets } from "../../run/targets.ts";
import { openDrizzleMariadbShapes } from "../shared/drizzle-mariadb.ts";

export const title = "drizzle 1.0-rc, prepared by hand";
export const open = (targets: Targets) => openDrizzleMariadbShapes(targets, true);
