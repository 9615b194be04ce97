/** An index as the catalogue has it. */

import type { CatalogueRow } from "../../../dialect/server/introspector.ts";
import { tokensOf } from "../../../dialect/text/sql-tokens.ts";
import { fullTextModelOf, type IndexModel, type IndexTermModel } from "../../../schema/model.ts";
import { columnsOfSql, type SqlModel } from "../../../schema/sql-model.ts";
import { languageOfTerm } from "../query/full-text.ts";

const DESCENDING = 1;

/** The column of `lower(name collate "C")`, which stands for one that is compared without regard to case. */
function foldedColumn(text: string): string | undefined {
  const tokens = tokensOf(text).filter(({ kind }) => kind !== "sign");
  const [lower, column, ...rest] = tokens.map(({ value }) => value);
  const tail = rest.filter((word) => word !== "text").join(" ");
  return lower === "lower" && /^collate C$/i.test(tail) ? column : undefined;
}

const METHODS: ReadonlySet<unknown> = new Set(["brin", "btree", "gin", "gist", "hash", "spgist"]);

/** Why no declaration can say it; undefined where one can. */
export function foreignPart(row: CatalogueRow): string | undefined {
  if (!METHODS.has(row["method"])) return `using ${String(row["method"])}`;
  if (row["has_equal_nulls"] === true) return "nulls not distinct";
  if (row["has_class_options"] === true) return "options of an operator class";
  if (row["has_collation"] === true) return "collation";
  return row["is_valid"] === true ? undefined : "not valid";
}

/** What no declaration can say of an index that one can say. */
export function clausesOfIndex(row: CatalogueRow): string[] {
  const { comment, is_clustered: isClustered, storage, tablespace } = row;
  return [
    ...(typeof storage === "string" && storage !== "" ? [`with (${storage})`] : []),
    ...(typeof tablespace === "string" ? [`tablespace ${tablespace}`] : []),
    ...(isClustered === true ? ["cluster"] : []),
    ...(typeof comment === "string" ? ["comment"] : []),
  ];
}

/** @param row A row of `CatalogueQueries.indexes`. */
export function indexOfRow(row: CatalogueRow, sqlOf: (text: string) => SqlModel): IndexModel {
  const options = String(row["options"]).split(" ").map(Number);
  const keys = String(row["keys"]).split(" ");
  const classes = row["classes"] as readonly (string | null)[];
  const keyCount = Number(row["key_count"]);
  const parts = row["parts"] as readonly string[];
  const nameOf = (part: string): string => tokensOf(part)[0]?.value ?? part;
  const terms = parts.slice(0, keyCount).map((part, at): IndexTermModel => {
    const direction = ((options[at] ?? 0) & DESCENDING) === 0 ? "asc" : "desc";
    const operatorClass = classes[at] ?? undefined;
    const more = { direction, ...(operatorClass !== undefined && { operatorClass }) } as const;
    if (keys[at] !== "0") return { column: nameOf(part), ...more };
    const column = foldedColumn(part);
    return column === undefined
      ? { sql: sqlOf(part), ...more }
      : { column, isFolded: true, ...more };
  });
  const [first] = parts;
  const language = first === undefined ? undefined : languageOfTerm(first);
  if (language !== undefined && row["method"] === "gin" && parts.length === 1)
    return fullTextModelOf(String(row["name"]), columnsOfSql(sqlOf(first!)), language);
  const included = parts.slice(keyCount).map(nameOf);
  const method = row["method"] === "btree" ? undefined : row["method"];
  const condition = row["condition"];
  return {
    name: String(row["name"]),
    columns: terms.flatMap((term) => ("column" in term ? [term.column] : [])),
    isUnique: row["is_unique"] === true,
    terms,
    where: typeof condition === "string" ? sqlOf(condition) : undefined,
    ...(method !== undefined && { method: method as IndexModel["method"] & {} }),
    ...(included.length > 0 && { included }),
  };
}
