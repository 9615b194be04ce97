import { describe } from "vitest";
import { cacheSuite } from "./cache.ts";
import { keysSuite } from "./keys.ts";
import { keyvSuite } from "./keyv.ts";
import type { StoreKind } from "./kit.ts";
import { limitsSuite } from "./limits.ts";
import { oneTimeSuite } from "./one-time.ts";
import { presenceSuite } from "./presence.ts";
import { proceduresSuite } from "./procedures.ts";
import { pubSubSuite } from "./pubsub.ts";
import { sessionsSuite } from "./sessions.ts";
import { valuesSuite } from "./values.ts";
import { versionsSuite } from "./versions.ts";

/** What every store has to pass. */
export function storeSuite(kind: StoreKind): void {
  describe(`store: ${kind.name}`, () => {
    valuesSuite(kind);
    keysSuite(kind);
    proceduresSuite(kind);
    versionsSuite(kind);
    limitsSuite(kind);
    oneTimeSuite(kind);
    presenceSuite(kind);
    cacheSuite(kind);
    sessionsSuite(kind);
    keyvSuite(kind);
    pubSubSuite(kind);
  });
}
