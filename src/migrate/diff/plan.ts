/** From two snapshots to what a database is to do, as data: to be read, kept and run. */

import { UnsupportedError } from "../../core/error.ts";
import type { Dialect } from "../../dialect/dialect.ts";
import type { ChangedTable, Hazard } from "../../dialect/server/migration.ts";
import type { Change } from "../../schema/change.ts";
import type { TableModel } from "../../schema/model.ts";
import { keyOf } from "../../schema/moves.ts";
import { diff } from "./diff.ts";
import { hazardsOf } from "./hazard.ts";
import { pairTables } from "./names.ts";
import { additionsToNewTables } from "../new-tables.ts";
import type { Snapshot, TableSnapshot } from "../snapshot/snapshot.ts";

export interface Step {
  readonly change: Change;
  readonly hazards: readonly Hazard[];
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Of all that changes, in whichever way the database does it. */
  readonly hazards: readonly Hazard[];
}

export interface PlanOptions {
  /** For the way back: rows get an empty value in a column that comes back and must not be NULL. Default false. */
  readonly isFilling?: boolean;
}

/** By which a snapshot knows the views of a database, whose text is in its words. */
export function familyOf({ migrations }: Pick<Dialect, "migrations">): string {
  return migrations.families[0]!;
}

/** The tables as the database keeps them; what only it needs gets an id from its name. */
function stored(snapshot: Snapshot, { migration }: Dialect): Snapshot {
  const tables = snapshot.tables.map((table): TableSnapshot => {
    const own: TableModel = migration.storedTable(table);
    if (own === table) return table;
    const columns = own.columns.map((column) =>
      "id" in column
        ? (column as TableSnapshot["columns"][number])
        : { ...column, id: `=${column.name}` },
    );
    return { ...own, id: table.id, columns };
  });
  return { ...snapshot, tables };
}

function changedTables(before: Snapshot, after: Snapshot): ChangedTable[] {
  return pairTables(before, after).map(({ before: original, renamed, after: now }) => {
    const byId = new Map(renamed.columns.map((column) => [column.id, column]));
    const columns = now.columns.flatMap((column) => {
      const old = byId.get(column.id);
      return old === undefined ? [] : [{ before: old, after: column }];
    });
    return { original, before: renamed, after: now, columns };
  });
}

/** What the constraints that are made anew say is no news. */
function withoutRemade(changes: readonly Change[], hazards: Map<Change, Hazard[]>): Hazard[] {
  const nameOf = (change: Change): string | undefined => {
    if ("foreignKey" in change) return change.foreignKey.name;
    if ("check" in change) return change.check.name;
    return "key" in change ? change.key.name : undefined;
  };
  const added = new Set<string | undefined>();
  for (const change of changes) if (change.kind.startsWith("add")) added.add(nameOf(change));
  return changes.flatMap((change) =>
    change.kind.startsWith("drop") && nameOf(change) !== undefined && added.has(nameOf(change))
      ? []
      : hazards.get(change)!,
  );
}

/** Values that stand in a list are no labels of a type's own there, and keep their old name. */
function refuseRenamedInLists(
  changes: readonly Change[],
  { tables }: Snapshot,
  { name, types }: Dialect,
): void {
  for (const change of changes) {
    if (change.kind !== "alterEnum" || change.renamed.length === 0) continue;
    const { after } = change;
    const isListed = tables.some(({ columns }) =>
      columns.some(
        ({ type }) =>
          type.kind === "array" &&
          type.element.kind === "enum" &&
          keyOf(type.element) === keyOf(after),
      ),
    );
    if (!isListed || types.isDeclared(after)) continue;
    throw new UnsupportedError({
      dialect: name,
      feature: `another name for a value of "${after.name}", of which a column holds lists`,
      instead:
        "Add the new value, change the rows by a migration of your own, and drop the old value.",
    });
  }
}

/** The tables before and after as the database keeps them, and what differs, before it is put into what it can do. */
function compare(
  before: Snapshot,
  after: Snapshot,
  dialect: Dialect,
  options: PlanOptions,
): { readonly own: Record<"after" | "before", Snapshot>; readonly changes: Change[] } {
  const own = { before: stored(before, dialect), after: stored(after, dialect) };
  const family = familyOf(dialect);
  return { own, changes: diff(own.before, own.after, { can: dialect.can, family, ...options }) };
}

/** What differs, to be told: a column that no conversion leads to is one that goes and one that comes. */
export function findChanges(before: Snapshot, after: Snapshot, dialect: Dialect): Change[] {
  return compare(before, after, dialect, { isFilling: true }).changes;
}

/** The changes that make `after` of `before` on a database, in their order, with what there is to know of each. */
export function planMigration(
  before: Snapshot,
  after: Snapshot,
  dialect: Dialect,
  options: PlanOptions = {},
): Plan {
  const { own, changes } = compare(before, after, dialect, options);
  refuseRenamedInLists(changes, own.after, dialect);
  const added = new Set(
    changes.flatMap((change) =>
      change.kind === "addColumn" ? [change.column.name, change.table].join() : [],
    ),
  );
  const hadNulls = (change: Change): boolean =>
    change.kind === "backfill" && !added.has([change.column.name, change.table].join());
  const isHarmless = additionsToNewTables(changes);
  const found = new Map(
    changes.map((change) => [change, isHarmless(change) ? [] : hazardsOf(change, hadNulls)]),
  );
  const hazards = withoutRemade(changes, found);
  const kept = new Set(hazards);
  const tables = changedTables(own.before, own.after);
  const steps = dialect.migration.rewrite(changes, { tables }).map((change): Step => {
    const own_ = (found.get(change) ?? []).filter((hazard) => kept.has(hazard));
    const locks = isHarmless(change) ? [] : dialect.migration.locksOf(change);
    return { change, hazards: [...own_, ...locks] };
  });
  return { steps, hazards };
}
