/** What a second connection is asked about the first. */

import { DbError } from "../../../core/error.ts";
import type { MariadbClient, MariadbConnection, Thread } from "./connection.ts";
import type { ResultRows } from "./results.ts";

const THREAD = "select connection_id(), concat_ws(' ', @@hostname, @@port, @@server_id)";

/** The connection's thread; undefined where a proxy in between has another number for it. */
export async function threadOf(client: MariadbClient): Promise<Thread | undefined> {
  const [cells] = (await client.query(THREAD)) as ResultRows;
  const id = Number(cells?.[0]);
  return id === client.threadId ? { id, server: String(cells?.[1]) } : undefined;
}

/** A sleeping thread has answered; one that isn't listed has ended. */
function working(ids: readonly number[]): string {
  const list = ids.map(Math.trunc).join(", ");
  return `select id from information_schema.processlist where id in (${list}) and command <> 'Sleep'`;
}

/** A server that refuses a connection is there: its numbers are below those of the driver. */
function cameFromServer(error: unknown): boolean {
  const cause: unknown = error instanceof DbError ? error.cause : undefined;
  const errno: unknown = Reflect.get(Object(cause), "errno");
  return typeof errno === "number" && errno > 0 && errno < 45_000;
}

/**
 * At which of the connections' questions the server is at work. Where a proxy is in between, or another server answers,
 * nobody can tell, and it counts as at work.
 */
export async function askAside(
  open: () => Promise<MariadbConnection>,
  connections: readonly MariadbConnection[],
  timeoutMs: number,
): Promise<readonly boolean[] | "unreachable"> {
  let aside: MariadbConnection;
  try {
    aside = await open();
  } catch (error) {
    return cameFromServer(error) ? connections.map(() => true) : "unreachable";
  }
  const timer = setTimeout(() => aside.cut(), timeoutMs);
  try {
    const server = aside.details.thread?.server;
    const known = connections.map(({ details: { thread } }) =>
      server !== undefined && thread?.server === server ? thread.id : undefined,
    );
    const ids = known.flatMap((id) => id ?? []);
    if (ids.length === 0) return connections.map(() => true);
    const rows = await aside.ask(working(ids));
    const busy = new Set(rows.map(([id]) => Number(id)));
    return known.map((id) => id === undefined || busy.has(id));
  } catch {
    return "unreachable";
  } finally {
    clearTimeout(timer);
    void aside.close();
  }
}
