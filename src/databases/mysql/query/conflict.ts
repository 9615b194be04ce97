/** `on duplicate key update`, which can neither name a key nor have a condition. */

import { nodeOf } from "../../../ast/expression.ts";
import { isCaseInsensitive } from "../../../ast/folding.ts";
import type {
  AnyColumn,
  Assignment,
  ConflictClause,
  InsertStatement,
} from "../../../ast/statement.ts";
import { UnsupportedError } from "../../../core/error.ts";
import { writeCell } from "../../../dialect/sql/standard-query.ts";
import type { Writer } from "../../../dialect/sql/writer.ts";
import type { TableInfo } from "../../../schema/table.ts";
import { orderedAssignments } from "./assignments.ts";
import { foldedName, foldingOf } from "./folded.ts";
import type { Variant } from "../variant.ts";

/** Counts the rows that stayed as they were, which the server counts like those that it inserted. */
export const KEPT_ROWS = "@plinth_kept";

/**
 * An expression that fails when it is evaluated, with error 1242. `on duplicate key update` can't name the key that is
 * meant, so a row that collides on another one comes here instead of being taken for the row that was meant.
 */
export const COLLISION = "(select 1 union all select 2)";

/** Whether the row that is there has the key that was meant: NULL, which never collides, is not it. */
function writeGuard(target: readonly AnyColumn[], variant: Variant, out: Writer): void {
  const [before, behind] = foldingOf(variant);
  const writeKey = (column: AnyColumn): void => {
    const isFolded = isCaseInsensitive(column.type);
    out.columnName(column, isFolded ? foldedName : undefined).sql(" = ");
    out
      .sql(isFolded ? before : "")
      .sql("values(")
      .columnName(column)
      .sql(")");
    out.sql(isFolded ? behind : "");
  };
  out.list(target, writeKey, " and ");
}

/** What stands for a condition that was met, once the first column was set, which the condition may read. */
const MET = "@plinth_met";

/** What the columns of the row that is there get; the new row's values first, in an order in which each reads the row as it was. */
function assignmentsOf(
  { set = [], update }: ConflictClause,
  into: TableInfo,
  variant: Variant,
  out: Writer,
): readonly Assignment[] {
  const taken = update.map((column) => ({ column, value: into.inserted.column(column.key) }));
  if (set.length === 0) return carried(taken, into);
  const joins = [
    { kind: "inner", source: into.inserted, inputs: undefined, on: undefined },
  ] as const;
  const all = { table: into, joins, set: [...taken, ...set] };
  return carried(orderedAssignments(all, variant.name, out), into);
}

/** The first assignment carries the guard, for which the server has no type beside a geometry: there a key is set to itself. */
function carried(set: readonly Assignment[], into: TableInfo): readonly Assignment[] {
  if (set[0]?.column.type.kind !== "custom") return set;
  const carrier = into.primaryKey[0] ?? into.columns.find(({ type }) => type.kind !== "custom");
  return carrier === undefined ? set : [{ column: carrier, value: carrier }, ...set];
}

/** Whether rows that are there may stay as they are, which the server counts and gives back like the others. */
export function isKeeping({ set = [], update, where }: ConflictClause): boolean {
  return (update.length === 0 && set.length === 0) || where !== undefined;
}

export function writeConflict(
  conflict: ConflictClause,
  { into: source }: InsertStatement,
  variant: Variant,
  out: Writer,
): void {
  const into = source as TableInfo;
  const { predicate, target, where } = conflict;
  const test = predicate && nodeOf(predicate);
  const isOfLive = test?.kind === "nullTest" && !test.negated;
  if (test !== undefined && !isOfLive) {
    throw new UnsupportedError({
      dialect: variant.name,
      feature: "onConflict() of a unique index of a part of the rows",
      instead: "Declare a key of all rows.",
    });
  }
  const set = assignmentsOf(conflict, into, variant, out);
  const first = set[0]?.column ?? target[0] ?? into.columns[0]!;
  out.sql(" on duplicate key update ").columnName(first).sql(" = ");
  if (target.length > 0) {
    out.sql("if(");
    writeGuard(target, variant, out);
    // Such an index holds live rows alone: one of the others has the key of another index.
    if (isOfLive) out.scope([into], () => out.sql(" and ").expression(test));
    out.sql(", ");
  }
  out.scope([into, into.inserted], () => {
    if (where !== undefined) out.sql(`if((${MET} := (`).expression(where).sql(")), ");
    if (set.length > 0) writeCell(first, set[0]!.value, out);
    if (where !== undefined) out.sql(", ");
    if (isKeeping(conflict)) {
      out.sql(`if((${KEPT_ROWS} := ${KEPT_ROWS} + 1) is null, `);
      out.columnName(first).sql(", ").columnName(first).sql(")");
    }
    if (where !== undefined) out.sql(")");
  });
  // MariaDB has no type for a UUID or a number.
  const isUuid = first.type.kind === "uuid";
  if (target.length > 0) out.sql(isUuid ? `, cast(${COLLISION} as char))` : `, ${COLLISION})`);
  out.scope([into, into.inserted], () => {
    for (const { column, value } of set.slice(1)) {
      out.sql(", ").columnName(column).sql(" = ");
      if (where !== undefined) out.sql(`if(${MET}, `);
      writeCell(column, value, out);
      if (where !== undefined) out.sql(", ").columnName(column).sql(")");
    }
  });
}
