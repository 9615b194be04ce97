import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { openStore } from "../../../src/services/kv/open.ts";
import { hasTestRedis, testRedisUrl } from "../../servers/databases.ts";
import { storeQueueKind } from "./store-kind.ts";
import { queueSuite } from "./suite.ts";

const run = `test-${randomBytes(6).toString("hex")}`;
const folder = mkdtempSync(join(tmpdir(), "plinth-queue-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

queueSuite(storeQueueKind("memory", () => openStore("memory:")));
queueSuite(storeQueueKind("sqlite", (place) => openStore(`sqlite:${join(folder, place)}.db`)));

describe.runIf(hasTestRedis())("on a server", { concurrent: true }, () => {
  queueSuite(
    storeQueueKind("redis", (place) =>
      openStore(`${testRedisUrl()}?timeout=30s`, { prefix: `${run}:${place}` }),
    ),
  );
});
