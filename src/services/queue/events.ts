import { channel } from "node:diagnostics_channel";
import type { QueueEvent } from "./queue.ts";

/** The channel `plinth:queue`. Nothing of it costs anything while nobody listens. */
const queueChannel = channel("plinth:queue");

export function tell(event: QueueEvent): void {
  if (queueChannel.hasSubscribers) queueChannel.publish(event);
}
