/** Writes down who changed what, in the transaction that changes it. */

import { ConfigError, InvalidValueError } from "../../core/error.ts";
import type { AuditTable } from "../../schema/audit-log.ts";
import { auditColumns } from "../../schema/audit-log.ts";
import type { AnyTable, KeyOf, TableInfo, WritableTable } from "../../schema/table.ts";
import type { Actor } from "../actor.ts";
import type { PlanCache } from "../plan.ts";
import { toJson } from "../rows/json.ts";
import type { Scope } from "../run.ts";
import { watchTable, type AnyRow, type Written, type WrittenRow } from "../watch/watchers.ts";
import { insertWork } from "../write/insert.ts";
import { tableOfWrite } from "../write/write.ts";
import { audited, AuditedTable } from "./audited.ts";
import { givenKeyText, keyText, nameOf, noTrail } from "./history.ts";

export interface AuditOptions {
  /** Where the entries stand: `auditLog()`, or a table with `auditColumns()` whose other columns have defaults or may be NULL. */
  readonly table: AuditTable;
  /** The tables whose writes are written down; `audited(users, { … })` for one with columns that aren't to be told. */
  readonly tables: readonly (AuditedTable | WritableTable)[];
}

/** Something that happened, though no row changed. */
export interface AuditEvent<T extends AnyTable = AnyTable> {
  /** What happened, in up to 100 characters, such as `"login.failed"`. */
  readonly action: string;
  /** The table that it is about. */
  readonly table?: T | undefined;
  /** The primary key of the row that it is about. */
  readonly key?: KeyOf<T> | undefined;
  /** What else is to be known of it. Values that are secret don't belong here. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

const trails = new WeakMap<PlanCache, TableInfo>();

/** Who acts, as a trail has it. */
function actorColumns(actor: Actor | undefined): AnyRow {
  const { id, ...others } = actor ?? {};
  const known = Object.entries(others).filter(([, value]) => value !== undefined);
  return {
    actor: id === undefined || id === null ? null : String(id),
    request: known.length === 0 ? null : toJson(Object.fromEntries(known)),
  };
}

function entryOf(own: AuditedTable, { after, before, key }: WrittenRow): AnyRow | undefined {
  const rowKey = keyText(own.table, key);
  if (before !== undefined && after !== undefined) {
    const changes = own.changesOf(before, after);
    return changes && { key: rowKey, before: changes[0], after: changes[1] };
  }
  return {
    key: rowKey,
    before: before === undefined ? null : own.wholeRow(before),
    after: after === undefined ? null : own.wholeRow(after),
  };
}

async function write(scope: Scope, log: TableInfo, rows: readonly AnyRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { context } = scope;
  await insertWork(scope, log, rows, { lifts: context?.lifts }).summarize(scope, undefined);
}

/** @throws {ConfigError} for a table that no entry can be written to. */
function checkLog(log: TableInfo): void {
  for (const [key, { spec }] of Object.entries(auditColumns())) {
    if (log.column(key)?.type.kind === spec.type.kind) continue;
    throw new ConfigError(`Table "${log.table}" has no column "${key}" of an audit trail.`, {
      code: "E_SCHEMA",
      hint: "Take auditLog(), or spread auditColumns() among the columns.",
    });
  }
}

/** Begins to write down what becomes of the tables' rows, by whichever client of the database. */
export function startTrail(scope: Scope, { table, tables }: AuditOptions): void {
  const log = tableOfWrite(table);
  checkLog(log);
  const all = tables.map((own) => (own instanceof AuditedTable ? own : audited(own)));
  for (const own of all) {
    if (own.table === log || all.some((other) => other !== own && other.table === own.table)) {
      throw new ConfigError(
        own.table === log
          ? "An audit trail can't be of its own table."
          : `Table "${own.table.table}" is audited twice.`,
        { code: "E_SCHEMA" },
      );
    }
  }
  trails.set(scope.plans, log);
  for (const own of all) {
    watchTable(scope, own.table, {
      interestIn: () => "rows",
      after: (inner, written) => tell(inner, log, own, written),
    });
  }
}

function tell(
  scope: Scope,
  log: TableInfo,
  own: AuditedTable,
  { action, rows }: Written,
): Promise<void> {
  const shared = { action, table: nameOf(own.table), ...actorColumns(scope.context?.actor) };
  const entries = rows.flatMap((row): AnyRow[] => {
    const entry = entryOf(own, row);
    return entry === undefined ? [] : [{ ...shared, ...entry }];
  });
  return write(scope, log, entries);
}

/**
 * Writes down an event that changes no row.
 *
 * @throws {ConfigError} where `connect` was told of no audit trail.
 */
export async function recordEvent<T extends AnyTable>(
  scope: Scope,
  { action, details, key, table }: AuditEvent<T>,
): Promise<void> {
  const log = trails.get(scope.plans);
  if (log === undefined) throw noTrail();
  const of = table === undefined ? undefined : tableOfWrite(table);
  if (of === undefined && key !== undefined)
    throw new InvalidValueError("The key of an audited event needs its table.");
  const entry = {
    action,
    table: of === undefined ? null : nameOf(of),
    key: of === undefined || key === undefined ? null : givenKeyText(of, key),
    details: details === undefined ? null : toJson(details),
    ...actorColumns(scope.context?.actor),
  };
  await write(scope, log, [entry]);
}
