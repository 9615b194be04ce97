/** A live database against what is expected of it: the schema in code, or what of its migrations is applied. */

import type { Dialect } from "../dialect/dialect.ts";
import { familyOf, findChanges } from "../migrate/diff/plan.ts";
import { matchSnapshot } from "../migrate/diff/rename.ts";
import { compareDatabase, type Drift, type DriftOptions } from "../migrate/drift/find-drift.ts";
import { modelOfDatabase } from "../migrate/drift/mending.ts";
import { readFolder } from "../migrate/folder.ts";
import type { Migration } from "../migrate/migration.ts";
import { modelOf } from "../migrate/model-of.ts";
import { readStatus, type MigrationStatus } from "../migrate/run/runner.ts";
import { readChain, type Head } from "../migrate/snapshot/heads.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import type { Model } from "../schema/model.ts";
import type { Schema } from "../schema/schema.ts";
import { replay } from "./replay.ts";
import { onScratch, type ScratchOptions } from "./on-scratch.ts";

/** The scratch databases are of the same server. */
export interface ReadDriftOptions extends DriftOptions, ScratchOptions {
  readonly db: Database;
  readonly schema: Schema;
  /** Where the migrations are. */
  readonly folder: string;
}

export interface FoundDrift extends Drift {
  /** Migrations that are not applied: the database is compared with those that are. */
  readonly pending: readonly string[];
  /** Migrations that are broken off, edited or missing. */
  readonly troubled: readonly MigrationStatus[];
  /** Whether the schema in code has what no migration makes yet, which is told as missing then. */
  readonly isAhead: boolean;
}

const isApplied = ({ state }: MigrationStatus): boolean => state !== "pending";

/** The snapshot that says all of what is applied, where there is one. */
function appliedHead(
  chain: readonly Head[],
  statuses: readonly MigrationStatus[],
): Head | undefined {
  const applied = statuses.filter(isApplied).map(({ name }) => name);
  const end = chain.findIndex(({ name }) => !applied.includes(name));
  const head = chain[(end === -1 ? chain.length : end) - 1];
  return head?.name === applied.at(-1) ? head : undefined;
}

async function appliedModel(
  options: ReadDriftOptions,
  migrations: readonly Migration<Transaction>[],
  statuses: readonly MigrationStatus[],
): Promise<Model> {
  const { connect, createScratch, db, folder, schema } = options;
  const applied = new Set(statuses.filter(isApplied).map(({ name }) => name));
  if (applied.size === 0) return { enums: [], tables: [] };
  const head = appliedHead(readChain(folder), statuses);
  if (head !== undefined) return modelOfDatabase(head.snapshot, db["~engine"].dialect);
  return replay({
    createScratch,
    connect,
    migrations: migrations.filter(({ name }) => applied.has(name)),
    declared: (dialect, names) => modelOf(schema, names, dialect),
  });
}

function isAheadOf(chain: readonly Head[], declared: Model, dialect: Dialect): boolean {
  const last = chain.at(-1)?.snapshot;
  if (last === undefined) return false;
  const views = { ...last.views, [familyOf(dialect)]: declared.views ?? [] };
  return findChanges(last, matchSnapshot(last, declared, { views }).snapshot, dialect).length > 0;
}

/** The database itself stays as it is; a scratch one is made beside it, and dropped. */
export async function readDrift(options: ReadDriftOptions): Promise<FoundDrift> {
  const { db, folder, schema } = options;
  const { names } = db["~engine"];
  const dialect = await db["~engine"].dialect.withChanges();
  const migrations = await readFolder<Transaction>(folder, dialect.migrations.families);
  const statuses = await readStatus(db, migrations);
  const pending = statuses.filter((status) => !isApplied(status)).map(({ name }) => name);
  const declared = modelOf(schema, names, dialect);
  const expected =
    pending.length === 0 ? declared : await appliedModel(options, migrations, statuses);
  const drift = await onScratch(options, (beside) =>
    compareDatabase(db, beside, expected, options),
  );
  const troubled = statuses.filter(({ state }) => state !== "applied" && state !== "pending");
  const isAhead = pending.length === 0 && isAheadOf(readChain(folder), declared, dialect);
  return { ...drift, pending, troubled, isAhead };
}
