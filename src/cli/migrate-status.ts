import type { Migration } from "../migrate/migration.ts";
import { PEERS, type PeerEntry, type PeerHistory } from "../migrate/peers/peer.ts";
import { baselineMigrations, readPeerHistories } from "../migrate/run/baseline.ts";
import { readStatus, type MigrationStatus } from "../migrate/run/runner.ts";
import type { Transaction } from "../query/client.ts";
import { say, sayOverlooked, type Run } from "./migrate-order.ts";
import { columnsOf, duration, painter, printJson } from "./terminal.ts";

/** Those of another tool, with the names that their files have here. */
function named(
  { entries, tool }: PeerHistory,
  migrations: readonly Migration<Transaction>[],
): PeerEntry[] {
  const { isFileOf } = PEERS[tool];
  return entries.map((entry) => ({
    ...entry,
    name: migrations.find((migration) => isFileOf(migration, entry))?.name ?? entry.name,
  }));
}

/** `plinth migrate status` */
export async function status(run: Run): Promise<void> {
  const statuses = await readStatus(run.db, run.migrations);
  const peers = await readPeerHistories(run.db);
  if (run.options.json === true) {
    const theirs = peers.flatMap((peer) =>
      named(peer, run.migrations).map(({ appliedAt, name, remedy, state }) => ({
        history: peer.tool,
        table: peer.table,
        name,
        state,
        appliedAt,
        remedy,
      })),
    );
    const others = run.overlooked.map((entry) => ({ ...entry, state: "overlooked" }));
    return printJson(run.terminal, [...statuses, ...others, ...theirs]);
  }
  showOwn(run, statuses);
  sayOverlooked(run);
  for (const peer of peers) showPeer(run, peer);
  const isNew = statuses.every(({ state }) => state === "pending");
  if (isNew && peers.some(({ entries }) => entries.length > 0))
    say(run, "`plinth migrate baseline` takes for applied what is applied.");
}

function instant(text: string | undefined): string {
  return text === undefined ? "" : `${text.slice(0, 19).replace("T", " ")} UTC`;
}

function showOwn(run: Run, statuses: readonly MigrationStatus[]): void {
  const paint = painter(run.terminal);
  const colours = {
    applied: "green",
    dirty: "red",
    edited: "red",
    missing: "red",
    partial: "red",
    pending: "yellow",
  } as const;
  const rows = statuses.map(({ name, state, appliedAt, durationMs, progress, isReversible }) => [
    paint(colours[state], state.padEnd(8)),
    name,
    instant(appliedAt),
    progress === undefined
      ? durationMs === undefined
        ? ""
        : duration(durationMs)
      : `${progress.doneCount} statements of ${progress.way} are done`,
    isReversible ? "" : "no way back",
  ]);
  run.terminal.stdout.write(columnsOf(rows));
  if (statuses.length === 0) say(run, "there are no migrations");
}

function showPeer(run: Run, peer: PeerHistory): void {
  const paint = painter(run.terminal);
  const { table, tool } = peer;
  const entries = named(peer, run.migrations);
  run.terminal.stdout.write(`\n${paint("bold", tool)} has ${entries.length} in ${table}:\n`);
  const rows = entries.map(({ appliedAt, name, remedy, state }) => [
    paint(state === "applied" ? "green" : "red", state.padEnd(8)),
    name,
    remedy ?? instant(appliedAt),
  ]);
  run.terminal.stdout.write(columnsOf(rows));
}

/** `plinth migrate baseline` */
export async function baseline(run: Run): Promise<void> {
  const { left, names, peers } = await baselineMigrations(run.db, run.migrations, run.options.to);
  if (run.options.json === true) {
    const theirs = peers.map(({ entries, table, tool }) => ({
      tool,
      table,
      count: entries.length,
    }));
    return printJson(run.terminal, { baselined: names, pending: left, peers: theirs });
  }
  for (const name of names) say(run, `applied   ${name}   (not run)`);
  for (const name of left) say(run, `pending   ${name}`);
  for (const { entries, table, tool } of peers)
    say(run, `${tool} has ${entries.length} in ${table}, which stays as it is`);
  if (names.length === 0 && left.length === 0) say(run, "nothing is pending");
}
