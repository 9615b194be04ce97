import type { Targets } from "../../run/targets.ts";
import { openPlinth } from "../shared/plinth.ts";

export const title = "plinth";

// The same cache and the same waiting for the disk as all contenders have (`pragmas`).
export const open = (targets: Targets) =>
  openPlinth(`sqlite:${targets.sqlite!.file}?durability=normal&cache_kib=65536`);
