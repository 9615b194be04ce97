import { queries } from "../../checked/mariadb/queries.ts";
import { plinthUrl, type Targets } from "../../run/targets.ts";
import { openPlinthChecked } from "../shared/plinth-checked.ts";

export const title = "plinth, checked SQL";
export const open = (targets: Targets) => openPlinthChecked(plinthUrl("mariadb", targets), queries);
