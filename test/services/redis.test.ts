import { randomBytes } from "node:crypto";
import { openStore } from "plinth/services";
import { afterAll, describe } from "vitest";
import { hasTestRedis, testRedisUrl } from "../servers/databases.ts";
import { storeSuite } from "./suite/suite.ts";

const run = `test-${randomBytes(6).toString("hex")}`;

describe.runIf(hasTestRedis())("a server of Redis", () => {
  afterAll(async () => {
    await using store = await openStore(testRedisUrl());
    await store.clear(run);
  });

  storeSuite({
    name: "redis",
    isShared: true,
    open(place, { prefix } = {}) {
      const whole = [run, place, ...(prefix === undefined ? [] : [prefix])].join(":");
      return openStore(`${testRedisUrl()}?timeout=30s`, { prefix: whole });
    },
  });
});
