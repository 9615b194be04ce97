// For the tests beside this file: each server, with a database of its own behind a proxy.
import { connect, type ConnectOptions, type Database } from "plinth";
import { createTestDatabase, testServers, type TestServer } from "../servers/databases.ts";
import { startProxy, type Proxy } from "../servers/proxy.ts";

/** Those with a socket. */
export const socketServers: readonly TestServer[] = testServers().filter(
  ({ url }) => url !== undefined,
);

export interface BehindProxy extends AsyncDisposable {
  readonly db: Database;
  readonly proxy: Proxy;
  /** Through the proxy, with what was given behind its `?`. */
  readonly url: string;
  /** Not through the proxy. */
  readonly aside: Database;
}

/** @param options What stands behind the `?` of the URL. */
export async function behindProxy(
  server: TestServer,
  options = "",
  settings: ConnectOptions = {},
): Promise<BehindProxy> {
  const database = await createTestDatabase(server);
  const proxy = await startProxy(database.url);
  const url = `${proxy.lead(database.url)}?${options}`;
  const db = await connect(url, settings);
  const aside = await connect(database.url);
  return {
    db,
    proxy,
    url,
    aside,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await db.close({ timeoutMs: 1_000 });
      await aside.close();
      await database.drop();
    },
  };
}

export const sleep = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs));

/** The error that something fails with. */
export async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("It succeeded, and was to fail.");
}

/** Figures of the promises, printed with the run. */
export function report(text: string): void {
  process.stdout.write(`  ${text}\n`);
}
