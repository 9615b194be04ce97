import type { Targets } from "../../run/targets.ts";
import { openRawPg } from "../shared/raw-pg.ts";

export const title = "raw pg, named";
export const open = (targets: Targets) => openRawPg(targets, true);
