/** What a database says of changes of its tables, beside the text of each. */

import type { AlterEnum, Change } from "../../schema/change.ts";
import type { ColumnModel, TableModel } from "../../schema/model.ts";
import type { Renamed, TablePart } from "./migration-facts.ts";

/** A table that is there before and after. */
export interface ChangedTable {
  readonly original: TableModel;
  /** `original`, with the names of after for tables and columns. */
  readonly before: TableModel;
  readonly after: TableModel;
  /** Those that there are before and after, by the name of after. */
  readonly columns: readonly ChangedColumn[];
}

export interface ChangedColumn {
  readonly before: ColumnModel;
  readonly after: ColumnModel;
}

export interface RewriteContext {
  readonly tables: readonly ChangedTable[];
}

/** What a person should know of a change before it runs. */
export interface Hazard {
  /** Stable, as in `DS103`; `-- lint:allow` names it. */
  readonly id: string;
  /**
   * `"lossy"`: values may go. `"failing"`: rows that are there may make it fail, with nothing changed. `"breaking"`: programs
   * that run may know the schema from before. `"locking"`: others wait while it runs.
   */
  readonly kind: "breaking" | "failing" | "locking" | "lossy";
  readonly message: string;
}

export interface MigrationRules {
  /** The table as this database keeps it, with the columns and indexes that only it needs. */
  storedTable(table: TableModel): TableModel;
  /** Changes that it can't make are made of those that it can. */
  rewrite(changes: readonly Change[], context: RewriteContext): Change[];
  /**
   * What a table is made of, where tables are made anew.
   *
   * @param text What makes the table.
   */
  partsOf?(text: string, renamed?: Renamed): readonly TablePart[];
  /** For how long a change, as it is rewritten, keeps others out. */
  locksOf(change: Change): Hazard[];
}

export interface EnumColumn {
  readonly table: TableModel;
  readonly before: ColumnModel;
  readonly after: ColumnModel;
}

/**
 * The columns that have an enum before and after.
 *
 * @param hasArrays Whether those that have lists of it are among them.
 */
export function columnsOfEnum(
  { after: type }: AlterEnum,
  { tables }: RewriteContext,
  hasArrays: boolean,
): EnumColumn[] {
  const isOf = (column: ColumnModel): boolean => {
    const own = hasArrays && column.type.kind === "array" ? column.type.element : column.type;
    return own.kind === "enum" && own.name === type.name && own.schema === type.schema;
  };
  return tables.flatMap(({ after: table, columns }) =>
    columns
      .filter(({ before, after }) => isOf(before) && isOf(after))
      .map(({ before, after }) => ({ table, before, after })),
  );
}
