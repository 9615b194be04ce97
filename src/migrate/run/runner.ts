/** The verbs of migrations: what is compared before anything runs, and in which order it runs. */

import { MigrationError } from "../../core/error.ts";
import {
  acceptChecksums,
  forget,
  prepareHistory,
  readHistory,
  remember,
  setState,
  type HistoryRow,
} from "./history.ts";
import { takeSessionLock } from "./lock.ts";
import { compareNames, type Migration } from "../migration.ts";
import { runOne } from "./run-one.ts";
import type { RunContext, Way } from "./run-side.ts";
import { resumeOne, rollBackOne, unfinishedOf } from "./run-steps.ts";
import { isSquashed } from "../squash/marks.ts";
import { collapse } from "../squash/collapse.ts";
import { settleSquashed } from "../squash/settle.ts";
import { withSession, type MigrationRun, type MigrationTarget, type RunOptions } from "./target.ts";

/** `"partial"` is one that was squashed of several, of which some are applied and others aren't. */
export type MigrationState = "applied" | "dirty" | "edited" | "missing" | "partial" | "pending";

export interface MigrationStatus {
  readonly name: string;
  readonly state: MigrationState;
  /** ISO 8601, UTC. */
  readonly appliedAt: string | undefined;
  readonly durationMs: number | undefined;
  /** Of one that was broken off: how many statements are done, and which way it went. */
  readonly progress: { readonly doneCount: number; readonly way: Way } | undefined;
  readonly isReversible: boolean;
}

function isEdited<Tx>(row: HistoryRow, migration: Migration<Tx>): boolean {
  return (
    row.upChecksum !== migration.up.checksum ||
    (row.downChecksum ?? undefined) !== migration.down?.checksum
  );
}

function stateOf<Tx>(
  row: HistoryRow | undefined,
  migration: Migration<Tx> | undefined,
): MigrationState {
  if (row === undefined) return "pending";
  if (row.state === "partial") return "partial";
  if (row.state !== "applied") return "dirty";
  if (migration === undefined) return "missing";
  return isEdited(row, migration) ? "edited" : "applied";
}

function statusesOf<Tx>(
  migrations: readonly Migration<Tx>[],
  stored: readonly HistoryRow[],
): MigrationStatus[] {
  const { rows } = collapse(stored, migrations);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const applied = new Map(rows.map((row) => [row.name, row]));
  const names = [...new Set([...known.keys(), ...applied.keys()])].toSorted(compareNames);
  return names.map((name): MigrationStatus => {
    const row = applied.get(name);
    const migration = known.get(name);
    const state = stateOf(row, migration);
    return {
      name,
      state,
      appliedAt: row?.appliedAt,
      durationMs: row?.durationMs,
      progress:
        row !== undefined && state === "dirty"
          ? { doneCount: row.doneCount, way: row.state === "reverting" ? "down" : "up" }
          : undefined,
      isReversible:
        migration === undefined ? (row?.downSql ?? null) !== null : migration.down !== undefined,
    };
  });
}

/** Every migration that the folder or the history knows, in the order of their names. Changes nothing. */
export function readStatus<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
): Promise<MigrationStatus[]> {
  return withSession(db, {}, async ({ session }) =>
    statusesOf(migrations, await readHistory(session)),
  );
}

const PROBLEMS = {
  dirty: [
    "E_MIGRATION_DIRTY",
    "was broken off in its midst",
    "Run `plinth migrate repair --resume` to go on behind its last statement, `--roll-back` to take it back, or `--mark-applied NAME` once you have finished it by hand.",
  ],
  edited: [
    "E_MIGRATION_EDITED",
    "is not what was applied",
    "Restore its files and write a new migration instead. If the edit changes nothing, run `plinth migrate repair --accept NAME`.",
  ],
  partial: [
    "E_MIGRATION_MISSING",
    "stands for several, and only some of those are applied here",
    "Apply the others first: check out the commit before the squash (`git log -- migrations`), run `plinth migrate up`, and come back. Where they were done by hand, run `plinth migrate repair --mark-applied NAME`.",
  ],
  missing: [
    "E_MIGRATION_MISSING",
    "is applied, and its files are gone",
    "Get its files back, such as from the branch that they were written on. If the migration is never to come back, run `plinth migrate repair --forget NAME`.",
  ],
} as const;

/** Nothing runs on a history that doesn't agree with the files. */
function refuseProblems(
  statuses: readonly MigrationStatus[],
  isKnown: (state: MigrationState) => boolean,
): void {
  const found = statuses.find(({ state }) => state in PROBLEMS && !isKnown(state));
  if (found === undefined) return;
  const [code, what, hint] = PROBLEMS[found.state as keyof typeof PROBLEMS];
  throw new MigrationError(code, `Migration "${found.name}" ${what}.`, {
    hint: hint.replaceAll("NAME", found.name),
  });
}

function refuseUnknown<Tx>(migrations: readonly Migration<Tx>[], name: string): void {
  if (migrations.some((migration) => migration.name === name)) return;
  throw new MigrationError("E_MIGRATION_INVALID", `There is no migration "${name}".`, {
    hint: "Run `plinth migrate status` for their names.",
  });
}

function goneError(name: string): MigrationError {
  return new MigrationError(
    "E_MIGRATION_MISSING",
    `Migration "${name}" was broken off in its midst, and its files are gone.`,
    {
      hint: `Get its files back to go on. \`plinth migrate repair --roll-back\` takes back what was done by the way back that the history keeps; \`plinth migrate repair --forget ${name}\` leaves it as it is.`,
    },
  );
}

function refuseUnapplied(name: string): never {
  throw new MigrationError("E_MIGRATION_INVALID", `Migration "${name}" isn't applied.`, {
    hint: "Run `plinth migrate status` for the names of those that are.",
  });
}

/** Migrations that sort before one that is applied. */
function refuseOrder<Tx>(pending: readonly Migration<Tx>[], rows: readonly HistoryRow[]): void {
  const last = rows
    .map(({ name }) => name)
    .toSorted(compareNames)
    .at(-1);
  const late = pending.find(({ name }) => last !== undefined && compareNames(name, last) < 0);
  if (late === undefined) return;
  throw new MigrationError(
    "E_MIGRATION_ORDER",
    `Migration "${late.name}" sorts before "${last}", which is applied.`,
    { hint: "Give it a later number, or run it without --strict-order." },
  );
}

export interface UpOptions extends RunOptions {
  /** At most so many. Default: all. */
  readonly count?: number | undefined;
  /** Up to this one, which is the last. */
  readonly to?: string | undefined;
}

/** The migrations that `up` would run, once the history has been found to agree with the files. */
export function pendingOf<Tx>(
  migrations: readonly Migration<Tx>[],
  stored: readonly HistoryRow[],
  options: UpOptions,
): Migration<Tx>[] {
  refuseProblems(statusesOf(migrations, stored), () => false);
  const { rows } = collapse(stored, migrations);
  if (options.to !== undefined) refuseUnknown(migrations, options.to);
  const applied = new Set(rows.map(({ name }) => name));
  const pending = migrations.filter(
    ({ name }) =>
      !applied.has(name) && (options.to === undefined || compareNames(name, options.to) <= 0),
  );
  if (options.strictOrder === true) refuseOrder(pending, rows);
  return pending.slice(0, options.count);
}

export function readPending<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
  options: UpOptions = {},
): Promise<Migration<Tx>[]> {
  return withSession(db, options, async ({ session }) =>
    pendingOf(migrations, await readHistory(session), options),
  );
}

async function runAll<Tx>(
  context: RunContext<Tx>,
  migrations: readonly Migration<Tx>[],
  way: Way,
  { onRun }: RunOptions,
): Promise<MigrationRun[]> {
  const { clock } = context.session.engine;
  const runs: MigrationRun[] = [];
  for (const migration of migrations) {
    const startMs = clock.monotonicMs();
    if (!(await runOne(context, migration, way))) continue;
    const run = { name: migration.name, way, durationMs: clock.monotonicMs() - startMs };
    runs.push(run);
    onRun?.(run);
  }
  return runs;
}

/**
 * Applies what is pending, each migration at once or not at all where the database can.
 *
 * @returns Those that this process applied; another one may have been faster with others.
 * @throws {MigrationError} Before anything runs, when the history doesn't agree with the files.
 */
export function applyMigrations<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
  options: UpOptions = {},
): Promise<MigrationRun[]> {
  return withSession(db, options, async (context) => {
    await prepareHistory(context.session, context.lockTimeoutMs);
    if (migrations.some(isSquashed)) await settleSquashed(context, migrations);
    const rows = await readSettled(context, migrations);
    return runAll(context, pendingOf(migrations, rows, options), "up", options);
  });
}

/** The history once no other process is in the midst of a migration. */
async function readSettled<Tx>(
  { session, lockTimeoutMs }: RunContext<Tx>,
  migrations: readonly Migration<Tx>[],
): Promise<HistoryRow[]> {
  const rows = await readHistory(session);
  const isUnderWay = rows.some(({ state }) => state !== "applied");
  if (!isUnderWay) return rows;
  // What is under way may be another process's, which holds the lock.
  const release = await takeSessionLock(session, lockTimeoutMs);
  try {
    const settled = await readHistory(session);
    refuseProblems(statusesOf(migrations, settled), (state) => state !== "dirty");
    return settled;
  } finally {
    await release();
  }
}

/** The last applied ones, the last first, by their files or, where these are gone, by what the history kept. */
function revertible<Tx>(
  migrations: readonly Migration<Tx>[],
  stored: readonly HistoryRow[],
  count: number,
): Migration<Tx>[] {
  refuseProblems(statusesOf(migrations, stored), (state) => state === "missing");
  const { rows } = collapse(stored, migrations);
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  return rows
    .toReversed()
    .slice(0, count)
    .map((row) => known.get(row.name) ?? keptOf(row));
}

function keptOf<Tx>({ name, upChecksum, downChecksum, downSql }: HistoryRow): Migration<Tx> {
  return {
    name,
    up: { sql: undefined, code: undefined, checksum: upChecksum },
    down:
      downSql === null
        ? undefined
        : { sql: downSql, code: undefined, checksum: downChecksum ?? "" },
  };
}

/** Reads which migrations `revertMigrations` would take back. */
export function readRevertible<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
  count = 1,
): Promise<Migration<Tx>[]> {
  return withSession(db, {}, async ({ session }) =>
    revertible(migrations, await readHistory(session), count),
  );
}

/**
 * Takes back the last applied migrations.
 *
 * @param count How many; more than there are takes back all. Default 1.
 * @throws {MigrationError} `E_MIGRATION_IRREVERSIBLE` before anything runs, when one of them has no way back.
 */
export function revertMigrations<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
  count = 1,
  options: RunOptions = {},
): Promise<MigrationRun[]> {
  return withSession(db, options, async (context) => {
    await settleSquashed(context, migrations);
    const rows = await readSettled(context, migrations);
    const wanted = revertible(migrations, rows, count);
    const stuck = wanted.find(({ down }) => down === undefined);
    if (stuck !== undefined) {
      throw new MigrationError(
        "E_MIGRATION_IRREVERSIBLE",
        `Migration "${stuck.name}" has no way back; nothing was executed.`,
        { hint: "Write its down.sql, or write a new migration that mends what it did." },
      );
    }
    return runAll(context, wanted, "down", options);
  });
}

export type Repair =
  | { readonly kind: "accept" | "forget" | "mark-applied"; readonly name: string }
  | { readonly kind: "resume" | "roll-back" };

/**
 * Makes the history agree with what is.
 *
 * @returns The migration that it was about.
 */
export function repairMigrations<Tx>(
  db: MigrationTarget<Tx>,
  migrations: readonly Migration<Tx>[],
  repair: Repair,
  options: RunOptions = {},
): Promise<string> {
  return withSession(db, options, async (context) => {
    const { session } = context;
    await prepareHistory(session, context.lockTimeoutMs);
    const rows = await readHistory(session);
    if (!("name" in repair)) {
      const row = unfinishedOf(rows);
      const migration = migrations.find(({ name }) => name === row.name);
      if (repair.kind === "roll-back") await rollBackOne(context, migration ?? keptOf(row));
      else if (migration === undefined) throw goneError(row.name);
      else await resumeOne(context, migration);
      return row.name;
    }
    const { name } = repair;
    const isKept = rows.some((row) => row.name === name);
    if (repair.kind === "forget") {
      if (!isKept) refuseUnapplied(name);
      await forget(session, name);
      return name;
    }
    refuseUnknown(migrations, name);
    const migration = migrations.find((candidate) => candidate.name === name)!;
    if (repair.kind === "accept" && !isKept) {
      // A squashed one is known by what it stands for.
      const status = statusesOf(migrations, rows).find((candidate) => candidate.name === name);
      if (status?.state !== "edited") refuseUnapplied(name);
    }
    if (!isKept) await remember(session, migration, "applied", 0);
    else await acceptChecksums(session, migration);
    if (repair.kind === "mark-applied") await setState(session, name, "applied", 0);
    if (migrations.some(isSquashed)) await settleSquashed(context, migrations);
    return name;
  });
}

/** Drops everything that the database holds, its history too. */
export function dropAll<Tx>(db: MigrationTarget<Tx>): Promise<void> {
  return withSession(db, {}, async ({ session }) => {
    const { migrations } = session.dialect;
    const drop = async (): Promise<void> => {
      for (;;) {
        const statements = await session.askRaw(migrations.dropAll);
        if (statements.length === 0) return;
        for (const { statement } of statements) await session.script(String(statement));
      }
    };
    const { rebuild } = migrations;
    if (rebuild === undefined) return drop();
    await session.script(rebuild.before);
    try {
      await drop();
    } finally {
      await session.script(rebuild.after);
    }
  });
}
