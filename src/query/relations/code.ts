import { loadRows } from "./load-rows.ts";
import { RelatedQuery } from "./related-query.ts";
import { branchesOf } from "./tree.ts";
import { relatedInsertWork } from "./write/insert.ts";
import { relate } from "./write/relate.ts";

/** All that reads and writes related rows. */
export interface RelationCode {
  readonly RelatedQuery: typeof RelatedQuery;
  readonly branchesOf: typeof branchesOf;
  readonly loadRows: typeof loadRows;
  readonly relate: typeof relate;
  readonly relatedInsertWork: typeof relatedInsertWork;
}

export const relationCode: RelationCode = {
  RelatedQuery,
  branchesOf,
  loadRows,
  relate,
  relatedInsertWork,
};
