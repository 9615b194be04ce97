import type { Hazard } from "../../../dialect/server/migration.ts";
import type { AlterColumn, Change } from "../../../schema/change.ts";
import { isSame } from "../../../schema/same.ts";

function isRetyped({ before, after }: AlterColumn): boolean {
  return !isSame(before.type, after.type) || before.nullable !== after.nullable;
}

/** Source: MySQL 8.4 manual, "Online DDL Operations". */
export function locksOf(change: Change): Hazard[] {
  const locking = (id: string, message: string): Hazard[] => [{ id, kind: "locking", message }];
  switch (change.kind) {
    case "alterColumn":
      return isRetyped(change)
        ? locking("MY103", `copies table ${change.table}; writers wait`)
        : [];
    case "addPrimaryKey":
    case "dropPrimaryKey":
      return locking("MY103", `copies table ${change.table}; writers wait`);
    case "addForeignKey":
      return locking("MY105", `checks every row of ${change.table}; writers wait`);
    case "addCheck":
      return locking("MY103", `copies table ${change.table}; writers wait`);
    default:
      return [];
  }
}
