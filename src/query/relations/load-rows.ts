/** What belongs to rows that a program has already. */

import { InvalidValueError } from "../../core/error.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Scope } from "../run.ts";
import { loadedBy, type Read, type Row } from "./level.ts";
import { attachApart } from "./load.ts";
import { branchOf } from "./tree.ts";

/** @returns The rows anew, with what belongs to each of them. */
export async function loadRows(
  scope: Scope,
  rows: readonly object[],
  relation: Relation,
  options: unknown,
): Promise<Row[]> {
  const { name, owner, ownerWhere, steps } = relation;
  if (ownerWhere !== undefined) {
    throw new InvalidValueError(
      `load() can't tell which rows have "${name}", as its condition is about the rows themselves.`,
      { hint: `Read them with it: db.from(…).with({ ${name}: true }).` },
    );
  }
  const branch = branchOf(scope.plans.schema, relation, options ?? true);
  const reads = steps[0]!.from.map(({ key }): Read => {
    return (row) => {
      const value = Object.hasOwn(row, key) ? row[key] : undefined;
      if (value !== undefined) return value;
      throw new InvalidValueError(
        `load() of "${name}" takes rows of "${owner.table}" with their "${key}".`,
        { hint: "Select that column, too." },
      );
    };
  });
  const given: Row[] = rows.map((row) => ({ ...row }));
  await attachApart(scope, { rowOf: (row) => row, loaded: [loadedBy(branch, reads)] }, given);
  return given;
}
