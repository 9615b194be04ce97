/**
 * Texts without regard to the case of ASCII's letters. No collation of the family folds just these, so each such column
 * has another one beside it that the server computes: it is what is compared, and what stands in indexes.
 */

import { isCaseInsensitive } from "../../../ast/folding.ts";
import type { ColumnModel, TableModel } from "../../../schema/model.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";
import type { Variant } from "../variant.ts";

const SUFFIX = "__folded";

export function foldedName(column: string): string {
  return column + SUFFIX;
}

/**
 * What stands before and behind a text. In a character set of one byte whose only letters with a case are ASCII's, the
 * bytes of other characters are left as they are.
 */
export function foldingOf({ collation }: Variant): readonly [string, string] {
  return [
    "convert(cast(lower(convert(cast(",
    ` as binary) using geostd8)) as binary) using utf8mb4) collate ${collation}`,
  ];
}

/** The table with a computed column behind each one that needs it. */
export function withFolded(table: TableModel, variant: Variant): TableModel {
  const columns = table.columns.flatMap((column): ColumnModel[] => {
    const { name, type } = column;
    if (!isCaseInsensitive(type)) return [column];
    const [before, behind] = foldingOf(variant);
    const sql: SqlModel = [before, { column: name }, behind];
    const folded: ColumnModel = {
      name: foldedName(name),
      type: { kind: "text", length: type.length },
      nullable: true,
      isAutoIncrement: false,
      default: undefined,
      generated: { sql, isStored: false },
    };
    return [column, folded];
  });
  return { ...table, columns };
}
