import { describe } from "vitest";
import { backendSuite } from "./backend-suite.ts";
import type { QueueKind } from "./kit.ts";
import { workSuite } from "./work-suite.ts";

/** What every queue does, whatever it stands on. */
export function queueSuite(kind: QueueKind): void {
  describe(`a queue on ${kind.name}`, () => {
    backendSuite(kind);
    workSuite(kind);
  });
}
