/** Takes migrations for applied that something else has applied: people, or another tool. */

import { MigrationError } from "../../core/error.ts";
import type { Migration } from "../migration.ts";
import { PEERS, type PeerEntry, type PeerHistory } from "../peers/peer.ts";
import { readPeers } from "../peers/read-peers.ts";
import { settleSquashed } from "../squash/settle.ts";
import { prepareHistory, remember } from "./history.ts";
import { pendingOf } from "./runner.ts";
import { withSession, type MigrationTarget } from "./target.ts";

export interface Baseline {
  /** What is taken for applied from now on. */
  readonly names: readonly string[];
  /** What stays pending, as the other tool has not applied it. */
  readonly left: readonly string[];
  readonly peers: readonly PeerHistory[];
}

function refuseFailed(peers: readonly PeerHistory[]): void {
  for (const { entries, tool } of peers) {
    const failed = entries.find(({ state }) => state === "failed");
    if (failed === undefined) continue;
    throw new MigrationError(
      "E_MIGRATION_DIRTY",
      `${tool} has "${failed.name}" as begun and not ended; nothing was recorded.`,
      { hint: failed.remedy },
    );
  }
}

const TO = "Or say by --to NAME up to which file everything is applied, whatever its history says.";

function refuseMissing({ tool }: PeerHistory, { name }: PeerEntry): never {
  throw new MigrationError(
    "E_MIGRATION_MISSING",
    `${tool} has applied "${name}", and there is no file of it; nothing was recorded.`,
    { hint: `Get its file back. ${TO}` },
  );
}

function refuseEdited({ tool }: PeerHistory, name: string): never {
  throw new MigrationError(
    "E_MIGRATION_EDITED",
    `Migration "${name}" is not what ${tool} has applied; nothing was recorded.`,
    { hint: `Restore its file. ${TO}` },
  );
}

/** The files that the other tool has applied; none of its own where the folder was begun anew. */
function filesOf<Tx>(migrations: readonly Migration<Tx>[], history: PeerHistory): string[] {
  const { digestOf, isFileOf } = PEERS[history.tool];
  const pairs = history.entries.map(
    (entry) => [entry, migrations.find((migration) => isFileOf(migration, entry))] as const,
  );
  if (pairs.every(([, file]) => file === undefined)) return [];
  return pairs.map(([entry, file]) => {
    if (file === undefined) return refuseMissing(history, entry);
    const { name, up } = file;
    if (digestOf !== undefined && up.sql !== undefined && digestOf(up.sql) !== entry.digest)
      refuseEdited(history, name);
    return name;
  });
}

/**
 * Takes migrations for applied without running them, for a database that has their tables already. Where another tool's
 * history is of these very files, it says which of them are; else it stays beside ours, and is none of its business.
 *
 * @param to The last one. Default: all.
 * @throws {MigrationError} where another tool has a migration that failed, or one that the files don't agree with.
 */
export function baselineMigrations<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
  to?: string,
): Promise<Baseline> {
  return withSession(db, {}, async (context) => {
    const { lockTimeoutMs, session } = context;
    const peers = await readPeers(session);
    refuseFailed(peers);
    const taken = to === undefined ? peers.flatMap((peer) => filesOf(migrations, peer)) : [];
    await prepareHistory(session, lockTimeoutMs);
    const pending = pendingOf(migrations, await settleSquashed(context, migrations), { to });
    const wanted =
      taken.length === 0 ? pending : pending.filter(({ name }) => taken.includes(name));
    for (const migration of wanted) await remember(session, migration, "applied", 0);
    const left = pending.filter((migration) => !wanted.includes(migration));
    return { names: wanted.map(({ name }) => name), left: left.map(({ name }) => name), peers };
  });
}

/** Changes nothing. */
export function readPeerHistories<Tx>(db: MigrationTarget<Tx>): Promise<PeerHistory[]> {
  return withSession(db, {}, ({ session }) => readPeers(session));
}
