// The baseline: mysql2/promise with a pool and query(), the text protocol.
import type { Targets } from "../../run/targets.ts";
import { openRawMysql2 } from "../shared/raw-mysql2.ts";

export const title = "raw mysql2 query";
export const open = (targets: Targets) => openRawMysql2(targets, "query");
