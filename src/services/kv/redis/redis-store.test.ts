import { expect, test } from "vitest";
import type { RedisClient } from "./client.ts";
import { RedisLink } from "./link.ts";
import { RedisStore } from "./redis-store.ts";

function storeWhose(info: string): RedisStore {
  const client: RedisClient = {
    isReady: true,
    sendCommand: () => Promise.resolve(info),
    duplicate: () => {
      throw new Error("Nobody listens.");
    },
    connect: () => Promise.resolve(),
    destroy: () => {},
    on: () => {},
    off: () => {},
  };
  const settings = { where: "127.0.0.1:6379", maxWaiting: 1, isOwned: true };
  return new RedisStore(new RedisLink(client, settings), "", 1_000);
}

test.each([
  ["redis_version:7.0.15\r\nredis_mode:standalone\r\n", "7.0.15", false],
  ["redis_version:8.0.2\r\nredis_mode:cluster\r\n", "8.0.2", true],
  [
    "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1\r\nserver_mode:cluster\r\n",
    "7.2.4",
    true,
  ],
  ["", undefined, undefined],
])("a server's own words tell whether it is a part of a cluster: %j", async (info, version, is) => {
  await using store = storeWhose(info);
  expect(await store.server()).toEqual({ version, isPartOfCluster: is });
});
