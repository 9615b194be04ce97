import { join } from "node:path";

import type { QueueContender } from "../contender.ts";
import { databaseQueue } from "../shared.ts";

export default {
  title: "Plinth on SQLite",
  place: "sqlite",
  open: ({ folder }) => databaseQueue(`sqlite:${join(folder, "queue.db")}?durability=normal`),
} satisfies QueueContender;
