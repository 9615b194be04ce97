import type { Hazard } from "../../../dialect/server/migration.ts";
import type { AlterColumn, Change } from "../../../schema/change.ts";
import { isSame } from "../../../schema/same.ts";

/** A longer `varchar` or more digits before the same point are only noted. */
function isRewritten({ before: { type: from }, after: { type: to } }: AlterColumn): boolean {
  if (isSame(from, to)) return false;
  if (from.kind === "text" && to.kind === "text")
    return (to.length ?? Infinity) < (from.length ?? Infinity);
  if (from.kind === "decimal" && to.kind === "decimal")
    return to.scale !== from.scale || to.precision < from.precision;
  return true;
}

/** Source: PostgreSQL manual, "ALTER TABLE", notes, and "CREATE INDEX", "Building Indexes Concurrently". */
export function locksOf(change: Change): Hazard[] {
  const locking = (id: string, message: string): Hazard[] => [{ id, kind: "locking", message }];
  switch (change.kind) {
    case "createIndex":
      return locking("PG101", `writers of ${change.table.name} wait while the index is built`);
    case "addUnique":
      return locking("PG209", `${change.table.name} is locked while the index is built`);
    case "addPrimaryKey":
      return locking("PG209", `${change.table} is locked while the index is built`);
    case "alterColumn":
      if (isRewritten(change))
        return locking("PG202", `${change.table} is locked while its rows are written anew`);
      return change.before.nullable && !change.after.nullable
        ? locking("PG205", `${change.table} is locked while its rows are read`)
        : [];
    case "addColumn": {
      const { default: value, generated } = change.column;
      if (generated !== undefined)
        return locking("PG203", `${change.table} is locked while its rows are written anew`);
      return value?.kind === "random" || value?.kind === "sql"
        ? locking("PG201", `${change.table} is locked while its rows may be written anew`)
        : [];
    }
    case "addForeignKey":
      return locking(
        "PG206",
        `writers of ${change.table} and ${change.foreignKey.target} wait while its rows are read`,
      );
    case "addCheck":
      return locking("PG207", `${change.table} is locked while its rows are read`);
    default:
      return [];
  }
}
