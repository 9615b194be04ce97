// The baseline: pg with a pool and unnamed statements.
import type { Targets } from "../../run/targets.ts";
import { openRawPg } from "../shared/raw-pg.ts";

export const title = "raw pg, unnamed";
export const open = (targets: Targets) => openRawPg(targets, false);
