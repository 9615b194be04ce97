/**
 * Indexes of the rows in which a column is NULL, as those of live rows. The family has no index of a part of the rows, so
 * another column, which the server computes, is 1 in these and NULL in the others: a unique index takes NULLs as different.
 */

import type { ColumnModel, IndexModel, TableModel } from "../../../schema/model.ts";
import type { SqlModel } from "../../../schema/sql-model.ts";

const SUFFIX = "__live";

export function liveName(column: string): string {
  return column + SUFFIX;
}

export function isLiveExpression(text: string): boolean {
  return /\bis null\b/i.test(text);
}

/** What an index of live rows says of itself. */
export function liveCondition(column: string): SqlModel {
  return ["(", { column }, " is null)"];
}

/** The column that is NULL in the rows of the index; undefined for another condition. */
function liveColumn(where: SqlModel | undefined): string | undefined {
  const parts = (where ?? []).filter((part) => part !== "(");
  const [column, test, ...others] = parts;
  if (typeof column !== "object" || !("column" in column) || others.length > 0) return undefined;
  return test === " is null)" || test === " is null" ? column.column : undefined;
}

export function withLiveTerm(index: IndexModel): IndexModel {
  const base = liveColumn(index.where);
  if (base === undefined) return index;
  const column = liveName(base);
  return {
    ...index,
    columns: [...index.columns, column],
    terms: [...index.terms, { column, direction: "asc" }],
    where: undefined,
  };
}

/** The columns that the indexes of live rows need. */
export function liveColumns({ indexes }: TableModel): ColumnModel[] {
  const bases = new Set(indexes.map(({ where }) => liveColumn(where)));
  return [...bases]
    .filter((base) => base !== undefined)
    .map((base) => ({
      name: liveName(base),
      type: { kind: "integer", bits: 16 },
      nullable: true,
      isAutoIncrement: false,
      default: undefined,
      generated: {
        sql: ["case when ", { column: base }, " is null then 1 end"],
        isStored: false,
      },
    }));
}
