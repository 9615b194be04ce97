import { queries } from "../../checked/mariadb/queries.ts";
import { plinthUrl, type Targets } from "../../run/targets.ts";
import { openPlinthShapes } from "../shared/plinth.ts";

export const title = "plinth";
export const open = (targets: Targets) => openPlinthShapes(plinthUrl("mariadb", targets), queries);
