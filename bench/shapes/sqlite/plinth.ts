import { queries } from "../../checked/sqlite/queries.ts";
import type { Targets } from "../../run/targets.ts";
import { openPlinthShapes } from "../shared/plinth.ts";

export const title = "plinth";
export const open = (targets: Targets) =>
  openPlinthShapes(`sqlite:${targets.sqlite!.file}?durability=normal&cache_kib=65536`, queries);
