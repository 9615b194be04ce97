import { openStore, type Store } from "plinth/services";
import { randomBytes } from "node:crypto";

/** Memory needs nothing; a server is tested on when it is named. */
const urls = ["memory:", process.env["PLINTH_TEST_REDIS_URL"]].filter((url) => url !== undefined);

/** The same on every store, each below a prefix that nobody else has, and empty again afterwards. */
export async function withEveryStore(body: (store: Store) => Promise<void>): Promise<void> {
  for (const url of urls) {
    const prefix = `cobalt-test-${randomBytes(6).toString("hex")}`;
    await using store = await openStore(url, { prefix });
    try {
      await body(store);
    } finally {
      for (const namespace of ["cobalt", "ratelimit"]) await store.clear(namespace);
    }
  }
}
