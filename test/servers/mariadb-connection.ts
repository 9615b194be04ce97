// A plain connection to MariaDB, for what tests do beside Plinth.
import { createConnection } from "mariadb";

export type MariadbConnection = Awaited<ReturnType<typeof createConnection>>;

/** The driver itself gives up after a second, which a busy machine may take. */
const CONNECT_TIMEOUT_MS = 30_000;

export function connectMariadb(url: string): Promise<MariadbConnection> {
  const place = new URL(url);
  place.searchParams.set("connectTimeout", String(CONNECT_TIMEOUT_MS));
  return createConnection(place.href);
}
