import type { CloseOptions } from "./source.ts";

/** Those who stop a program with a signal kill it after 10 seconds, as Docker does. */
const CLOSE_MS = 9_000;

interface Closable {
  close(options: CloseOptions): Promise<void>;
}

const databases = new Map<NodeJS.Signals, Set<Closable>>();

/**
 * Closes a database when the process is told to end, and then ends the process as the signal would have, unless the
 * program listens to it too.
 */
export function closeOn(signals: readonly NodeJS.Signals[] | true, database: Closable): void {
  for (const signal of signals === true ? (["SIGTERM", "SIGINT"] as const) : signals) {
    const listed = databases.get(signal);
    listed?.add(database);
    if (listed !== undefined) continue;
    databases.set(signal, new Set([database]));
    process.once(signal, () => void closeAll(signal));
  }
}

async function closeAll(signal: NodeJS.Signals): Promise<void> {
  const listed = databases.get(signal) ?? [];
  databases.delete(signal);
  await Promise.all([...listed].map((database) => database.close({ timeoutMs: CLOSE_MS })));
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
