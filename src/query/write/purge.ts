/** Rows that were soft-deleted long ago: deleted for good, or moved into another table. */

import {
  CompareNode,
  LogicNode,
  NotNode,
  SubqueryNode,
  ValueNode,
  type AnyExpression,
} from "../../ast/expression.ts";
import { LIFT_ALL } from "../../ast/scoping.ts";
import type { SelectStatement } from "../../ast/statement.ts";
import { ConfigError, InvalidValueError, UnsupportedError } from "../../core/error.ts";
import { referencesOf } from "../../schema/reference.ts";
import {
  infoOf,
  type AnyTable,
  type AnyTableColumn,
  type TableInfo,
  type WritableTable,
} from "../../schema/table.ts";
import { isAlike } from "../alike.ts";
import { liftDeleted, type Lifts } from "../lifts.ts";
import { asc } from "../order.ts";
import { runRows, type Scope } from "../run.ts";
import { emptyStatement, LOCKED, rowCount } from "../statement.ts";
import type { WriteSummary } from "../types.ts";
import { inTransaction } from "./atomic.ts";
import { havingValues, inParts, keySelection, type Key } from "./keyed-rows.ts";
import { queryWork } from "./insert-query.ts";
import { deleteWork } from "./row-write.ts";
import { runWork, tableOfWrite } from "./write.ts";

export interface PurgeOptions {
  /** Rows that were deleted before: at a time, or some days ago. */
  readonly olderThan: Date | { readonly days: number };
  /** How many rows are one transaction. Default 1_000. */
  readonly batch?: number;
}

export interface ArchiveOptions extends PurgeOptions {
  /** A table with at least the columns of the other one, by the same keys and of the same types. */
  readonly into: WritableTable;
}

const DAY_MS = 86_400_000;

function cutoffOf({ plans }: Scope, olderThan: PurgeOptions["olderThan"]): Date {
  const days: unknown = olderThan instanceof Date ? 0 : olderThan?.days;
  if (typeof days === "number" && days >= 0) {
    const { clock } = plans.engine;
    const cutoff = olderThan instanceof Date ? olderThan : new Date(clock.nowMs() - days * DAY_MS);
    if (!Number.isNaN(cutoff.getTime())) return cutoff;
  }
  throw new InvalidValueError("olderThan is a Date, or a number of days: { days: 90 }.");
}

interface Batches {
  readonly scope: Scope;
  readonly table: TableInfo;
  readonly options: PurgeOptions;
  /** Which rows stay where they are, although they are old. */
  readonly kept: readonly AnyExpression[];
  /** What is done with rows before they are deleted, in the same transaction. */
  before?(inner: Scope, keys: readonly Key[]): Promise<void>;
}

/** The oldest first, each batch in a transaction of its own: what was done stays done where a later one fails. */
async function inBatches({ scope, table, options, kept, before }: Batches): Promise<WriteSummary> {
  const { batch = 1_000 } = options;
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new InvalidValueError("A batch is a whole number of rows, 1 or more.");
  const { at } = table.softDelete!;
  const lifts: Lifts = liftDeleted(scope.context?.lifts, table, "only");
  const cutoff = new ValueNode(cutoffOf(scope, options.olderThan), at.type);
  const canLock = scope.plans.engine.dialect.can.rowLocks;
  const statement: SelectStatement = {
    ...emptyStatement(table, keySelection(table), undefined, lifts),
    where: new LogicNode("and", [new CompareNode("<", at, cutoff), ...kept]),
    orderBy: [asc(at)],
    limit: rowCount(batch),
    lock: canLock ? LOCKED : undefined,
  };
  let affectedRows = 0;
  for (;;) {
    const done = await inTransaction(scope, async (inner) => {
      const keys = (await runRows(inner, statement)) as Key[];
      if (keys.length === 0) return 0;
      await before?.(inner, keys);
      for (const part of inParts(inner, table.primaryKey, keys)) {
        const where = havingValues(table.primaryKey, part);
        const work = deleteWork(inner, {
          kind: "delete",
          from: table,
          joins: [],
          where,
          returning: undefined,
          lifts: LIFT_ALL,
        });
        await runWork(work, inner, undefined, undefined);
      }
      return keys.length;
    });
    affectedRows += done;
    if (done < batch) return { affectedRows };
  }
}

function softTable(scope: Scope, target: AnyTable, method: string): TableInfo {
  const table = tableOfWrite(target);
  if (table.softDelete === undefined)
    throw new InvalidValueError(`${method}() takes a table with softDelete().`);
  if (table.primaryKey.length > 0) return table;
  throw new UnsupportedError({
    dialect: scope.plans.engine.dialect.name,
    feature: `${method}() of "${table.table}", which has no primary key`,
    instead: "Give the table a primary key.",
  });
}

/** Deletes for good what was soft-deleted long ago. */
export async function purge(
  scope: Scope,
  target: AnyTable,
  options: PurgeOptions,
): Promise<WriteSummary> {
  return inBatches({ scope, table: softTable(scope, target, "purge"), options, kept: [] });
}

/** The columns of the archive, in the order of those of the table. */
function columnsInto(table: TableInfo, archive: TableInfo): AnyTableColumn[] {
  return table.columns
    .filter(({ spec }) => spec.generated === undefined)
    .map((column) => {
      const own = archive.column(column.key);
      if (own !== undefined && own.spec.generated === undefined && isAlike(column.type, own.type))
        return own;
      throw new ConfigError(
        `"${archive.table}" has no column "${column.key}" that could hold that of "${table.table}".`,
        {
          hint: "An archive has all columns of the table, by the same keys and of the same types.",
        },
      );
    });
}

/** Rows that others point at stay: a foreign key would delete those, or forget where they pointed. */
function unpointed({ plans: { schema } }: Scope, table: TableInfo): AnyExpression[] {
  if (schema === undefined) {
    throw new ConfigError(`Which tables point at "${table.table}" isn't known.`, {
      hint: "Pass the schema that declares them: connect(url, { schema }).",
    });
  }
  return Object.values(schema.tables).flatMap((other) =>
    referencesOf(infoOf(other))
      .filter(({ target }) => target === table)
      .map(({ from, to }) => {
        const info = infoOf(infoOf(other).aliased("plinth_pointing"));
        const equal = from.map(
          ({ key }, place) => new CompareNode("=", info.column(key)!, to[place]!),
        );
        const statement: SelectStatement = {
          ...emptyStatement(info, keyed(info.column(from[0]!.key)!), undefined, LIFT_ALL),
          where: equal.length === 1 ? equal[0] : new LogicNode("and", equal),
        };
        return new NotNode(new SubqueryNode("exists", statement));
      }),
  );
}

function keyed(column: AnyTableColumn): SelectStatement["selection"] {
  return { keys: [column.key], values: [column], source: undefined };
}

/** Moves what was soft-deleted long ago into another table. */
export async function archive(
  scope: Scope,
  target: AnyTable,
  { into, ...options }: ArchiveOptions,
): Promise<WriteSummary> {
  const table = softTable(scope, target, "archive");
  const archived = tableOfWrite(into);
  const columns = columnsInto(table, archived);
  const values = columns.map(({ key }) => table.column(key)!);
  const selection = { keys: columns.map(({ key }) => key), values, source: undefined };
  return inBatches({
    scope,
    table,
    options,
    kept: unpointed(scope, table),
    before: async (inner, keys) => {
      for (const part of inParts(inner, table.primaryKey, keys)) {
        const where = havingValues(table.primaryKey, part);
        const query = { ...emptyStatement(table, selection, undefined, LIFT_ALL), where };
        await runWork(queryWork(inner, archived, query, LIFT_ALL), inner, undefined, undefined);
      }
    },
  });
}
