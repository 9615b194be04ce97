// What keeps itself in rows, and SQL by hand, by what Plinth sends to MySQL, which gives back no rows of a write.
import { connect } from "plinth";
import { afterAll, describe, expect, test } from "vitest";
import { createKit } from "../../../src/testing/conformance/kit.ts";
import { auditCases } from "../../../src/testing/conformance/audits.ts";
import { checkedCases } from "../../../src/testing/conformance/checked.ts";
import { checkedListCases } from "../../../src/testing/conformance/checked-lists.ts";
import { hookCases } from "../../../src/testing/conformance/hooks.ts";
import { timestampCases } from "../../../src/testing/conformance/timestamps.ts";
import { trackCases } from "../../../src/testing/conformance/tracks.ts";
import { versionCases } from "../../../src/testing/conformance/versions.ts";
import { createTestDatabase } from "../../servers/databases.ts";
import { disguised, mariadbServers } from "./connected.ts";

const driver = disguised("8.4.3");

for (const server of mariadbServers) {
  describe("MySQL in disguise", () => {
    const kit = createKit({
      test,
      describe,
      expect,
      after: afterAll,
      connect: (url, settings) => connect(url, { ...settings, driver }),
      open: () => createTestDatabase(server),
    });
    timestampCases(kit);
    versionCases(kit);
    hookCases(kit);
    auditCases(kit);
    trackCases(kit);
    checkedCases(kit);
    checkedListCases(kit);
  });
}
