import { describe } from "vitest";
import { backendSuite } from "./backend-suite.ts";
import type { QueueKind } from "./kit.ts";
import { workSuite } from "./work-suite.ts";

/** What every queue does, whatever it stands on; beside one another, as most of it is waiting. */
export function queueSuite(kind: QueueKind): void {
  describe(`a queue on ${kind.name}`, { concurrent: true }, () => {
    backendSuite(kind);
    workSuite(kind);
  });
}
