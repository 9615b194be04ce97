import { join } from "node:path";

import type { QueueContender } from "../contender.ts";
import { storeQueue } from "../shared.ts";

export default {
  title: "Plinth on a store's file",
  place: "file",
  open: ({ folder }) => storeQueue(`sqlite:${join(folder, "store.db")}`),
} satisfies QueueContender;
