/** Writes down that what a squashed migration stands for is applied, so that it is applied itself. */

import type { Migration } from "../migration.ts";
import { readHistory, replaceRows, type HistoryRow } from "../run/history.ts";
import { patiently, takeSessionLock } from "../run/lock.ts";
import type { RunContext } from "../run/run-side.ts";
import { collapse } from "./collapse.ts";

/** @returns The history as it is then. */
export async function settleSquashed<Tx>(
  { lockTimeoutMs, session }: RunContext<Tx>,
  migrations: readonly Migration<Tx>[],
): Promise<readonly HistoryRow[]> {
  const first = await readHistory(session);
  if (collapse(first, migrations).settled.length === 0) return first;
  const release = await takeSessionLock(session, lockTimeoutMs);
  try {
    const begin = session.dialect.begin({});
    await patiently(session, lockTimeoutMs, () => session.connection.script(begin));
    try {
      // Another process may have been faster.
      const { settled } = collapse(await readHistory(session), migrations);
      for (const one of settled) await replaceRows(session, one);
      await session.script("commit");
    } catch (error) {
      await session.script("rollback").catch(() => {});
      throw error;
    }
  } finally {
    await release();
  }
  return readHistory(session);
}
