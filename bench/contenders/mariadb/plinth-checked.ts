import { queries } from "../../checked/mariadb/queries.ts";
import { urlFromTarget, type Targets } from "../../run/targets.ts";
import { openPlinthChecked } from "../shared/plinth-checked.ts";

export const title = "plinth, checked SQL";
export const open = (targets: Targets) =>
  openPlinthChecked(urlFromTarget("mariadb", targets.mariadb!), queries);
