import { plinthUrl, type Targets } from "../../run/targets.ts";
import { openPlinth } from "../shared/plinth.ts";

export const title = "plinth";
export const open = (targets: Targets) => openPlinth(plinthUrl("postgres", targets));
