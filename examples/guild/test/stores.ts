import { openStore, type Store } from "plinth/services";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";

export interface TestedStore {
  readonly product: string;
  /** On an empty store, which is empty again afterwards. */
  use(body: (store: Store) => Promise<void>): Promise<void>;
}

const memory: TestedStore = {
  product: "memory",
  async use(body) {
    await using store = await openStore("memory:");
    await body(store);
  },
};

const sqlite: TestedStore = {
  product: "SQLite",
  async use(body) {
    const folder = await mkdtemp(join(tmpdir(), "guild-"));
    try {
      await using store = await openStore(`sqlite:${join(folder, "store.sqlite")}`);
      await body(store);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const redis = (url: string): TestedStore => ({
  product: "Redis",
  async use(body) {
    const prefix = `guild-test-${randomBytes(6).toString("hex")}`;
    await using store = await openStore(url, { prefix });
    try {
      await body(store);
    } finally {
      for (const namespace of ["oidc", "online", "ratelimit", "session"])
        await store.clear(namespace);
    }
  },
});

const redisUrl = process.env["PLINTH_TEST_REDIS_URL"];

/** Memory and a file need nothing; a server is tested on when it is named. */
export const stores: readonly TestedStore[] = [
  memory,
  sqlite,
  ...(redisUrl === undefined || redisUrl === "" ? [] : [redis(redisUrl)]),
];

/** A test on every store that there is: all of them give the same answers. */
export function onEveryStore(name: string, body: (store: Store) => Promise<void>): void {
  for (const { product, use } of stores) test(`${product}: ${name}`, () => use(body));
}

/** The keys below a namespace, as they stand on a server without a prefix. */
export async function keysOf(store: Store, namespace: string): Promise<string[]> {
  const keys = [];
  for await (const parts of store.list(namespace)) keys.push(parts.join(":"));
  return keys.toSorted();
}
