/** What a second connection is asked about the first. */

import type { PgConnection } from "./connection.ts";

/** A connection's process, and what tells its server from another, and from itself before a restart. */
export const BACKEND = `select pg_backend_pid()::text,
  concat(inet_server_addr(), ' ', inet_server_port(), ' ', pg_postmaster_start_time())`;

/** Those of these processes that are at work, or of which the user may not know. Idle ones have answered. */
function working(processIds: readonly number[]): string {
  return `select pid::text from pg_stat_activity
    where pid in (${processIds.map(Math.trunc).join(", ")}) and coalesce(state, '') not like 'idle%'`;
}

/** A server that refuses a connection is there. */
function cameFromServer(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return typeof Reflect.get(Object(cause), "severity") === "string";
}

/**
 * At which of the connections' questions the server is at work. Where a pooler is in between, or another server answers,
 * nobody can tell, and it counts as at work.
 */
export async function askAside(
  open: () => Promise<PgConnection>,
  connections: readonly PgConnection[],
  timeoutMs: number,
): Promise<readonly boolean[] | "unreachable"> {
  let aside: PgConnection;
  try {
    aside = await open();
  } catch (error) {
    return cameFromServer(error) ? connections.map(() => true) : "unreachable";
  }
  const timer = setTimeout(() => aside.cut(), timeoutMs);
  try {
    const server = aside.backend?.server;
    const known = connections.map(({ backend }) =>
      server !== undefined && backend?.server === server ? backend.processId : undefined,
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
