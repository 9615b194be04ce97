/** An index as the catalogue has it. */

import type { CatalogueRow } from "../../dialect/introspector.ts";
import { tokensOf } from "../../dialect/sql-tokens.ts";
import type { IndexModel, IndexTermModel } from "../../schema/model.ts";
import type { SqlModel } from "../../schema/sql-model.ts";

const DESCENDING = 1;

/** The column of `lower(name collate "C")`, which stands for one that is compared without regard to case. */
function foldedColumn(text: string): string | undefined {
  const tokens = tokensOf(text).filter(({ kind }) => kind !== "sign");
  const [lower, column, ...rest] = tokens.map(({ value }) => value);
  const tail = rest.filter((word) => word !== "text").join(" ");
  return lower === "lower" && /^collate C$/i.test(tail) ? column : undefined;
}

/** Why no declaration can say it; undefined where one can. */
export function foreignPart(row: CatalogueRow): string | undefined {
  if (row["method"] !== "btree") return `using ${String(row["method"])}`;
  if (row["has_included"] === true) return "include";
  if (row["has_equal_nulls"] === true) return "nulls not distinct";
  if (row["has_class"] === true) return "operator class";
  if (row["has_collation"] === true) return "collation";
  return row["is_valid"] === true ? undefined : "not valid";
}

/** @param row A row of `CatalogueQueries.indexes`. */
export function indexOfRow(row: CatalogueRow, sqlOf: (text: string) => SqlModel): IndexModel {
  const options = String(row["options"]).split(" ").map(Number);
  const keys = String(row["keys"]).split(" ");
  const terms = (row["parts"] as readonly string[]).map((part, at): IndexTermModel => {
    const direction = ((options[at] ?? 0) & DESCENDING) === 0 ? "asc" : "desc";
    if (keys[at] !== "0") return { column: tokensOf(part)[0]?.value ?? part, direction };
    const column = foldedColumn(part);
    return column === undefined
      ? { sql: sqlOf(part), direction }
      : { column, isFolded: true, direction };
  });
  const condition = row["condition"];
  return {
    name: String(row["name"]),
    columns: terms.flatMap((term) => ("column" in term ? [term.column] : [])),
    isUnique: row["is_unique"] === true,
    terms,
    where: typeof condition === "string" ? sqlOf(condition) : undefined,
  };
}
