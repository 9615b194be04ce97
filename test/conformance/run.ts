import { connect } from "plinth";
import { conformance, type Untold } from "plinth/testing";
import { afterAll, describe, expect, test } from "vitest";
import { createTestDatabase, testServers, type TestServerName } from "../servers/databases.ts";

/** Runs the suite against one of the test servers; where that is not there, the run has said so at its beginning. */
export function runConformance(name: TestServerName, untold: readonly Untold[] = []): void {
  const server = testServers().find((candidate) => candidate.name === name);
  describe(name, () => {
    if (server === undefined) {
      test("is absent, and the run has said so", () => {
        expect(process.env["PLINTH_TEST_ABSENT"]).not.toBe("");
      });
      return;
    }
    const open = () => createTestDatabase(server);
    conformance({ test, describe, expect, after: afterAll, connect, open, untold });
  });
}
