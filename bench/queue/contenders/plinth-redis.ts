import type { QueueContender } from "../contender.ts";
import { storeQueue } from "../shared.ts";

export default {
  title: "Plinth on Redis",
  place: "redis",
  open: ({ redis: { host, port } }) => storeQueue(`redis://${host}:${port}`),
} satisfies QueueContender;
