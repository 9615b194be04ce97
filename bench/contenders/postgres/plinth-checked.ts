import { queries } from "../../checked/postgres/queries.ts";
import { urlFromTarget, type Targets } from "../../run/targets.ts";
import { openPlinthChecked } from "../shared/plinth-checked.ts";

export const title = "plinth, checked SQL";
export const open = (targets: Targets) =>
  openPlinthChecked(urlFromTarget("postgres", targets.postgres!), queries);
