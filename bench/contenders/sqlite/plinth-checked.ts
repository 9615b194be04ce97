import { queries } from "../../checked/sqlite/queries.ts";
import type { Targets } from "../../run/targets.ts";
import { openPlinthChecked } from "../shared/plinth-checked.ts";

export const title = "plinth, checked SQL";
export const open = (targets: Targets) =>
  openPlinthChecked(`sqlite:${targets.sqlite!.file}?durability=normal&cache_kib=65536`, queries);
