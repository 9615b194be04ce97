import type { Targets } from "../../run/targets.ts";
import { openRawMysql2 } from "../shared/raw-mysql2.ts";

export const title = "raw mysql2 execute";
export const open = (targets: Targets) => openRawMysql2(targets, "execute");
