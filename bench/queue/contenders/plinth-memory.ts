import type { QueueContender } from "../contender.ts";
import { storeQueue } from "../shared.ts";

export default {
  title: "Plinth in memory",
  place: "memory",
  open: () => storeQueue("memory:"),
} satisfies QueueContender;
