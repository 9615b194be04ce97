/** Several rows by their keys: from a cache, and those that it hasn't got by one query. */

import type { SelectStatement } from "../../ast/statement.ts";
import { transactionOf } from "../../connect/transaction/local-settings.ts";
import type { Cells } from "../../dialect/driver.ts";
import type { Scope } from "../../query/run.ts";
import { havingValues, inParts, type Key } from "../../query/write/keyed-rows.ts";
import { keySpeller } from "../../query/write/key-text.ts";
import type { TableInfo } from "../../schema/table.ts";
import type { Cache } from "../../services/cache/cache.ts";
import { checkReads, entryOptions } from "./caching-runner.ts";
import { keptCells } from "./kept-cells.ts";
import { keyOfResult } from "./result-key.ts";
import type { RowTags } from "./tags.ts";

/** One row that is asked for. */
export interface WantedRow {
  /** That of `find`. */
  readonly statement: SelectStatement;
  /** Of the key, in the order of its columns. */
  readonly values: readonly unknown[];
  readonly row: RowTags;
}

export interface FindPlace {
  readonly cache: Cache;
  readonly scope: Scope;
  readonly info: TableInfo;
}

/** @returns The rows in the order of the keys; undefined for those that aren't there. */
export async function findRows(
  place: FindPlace,
  wanted: readonly WantedRow[],
): Promise<(object | undefined)[]> {
  const { cache, scope } = place;
  const { plans, runner, context } = scope;
  const [first] = wanted;
  if (first === undefined) return [];
  // All are of one shape.
  const plan = plans.planOf(first.statement, []);
  const { reads } = plan.statement;
  const { dialect } = plans.engine;
  const load = (missing: readonly number[]): Promise<(Cells | undefined)[]> =>
    loadCells(
      place,
      missing.map((index) => wanted[index]!),
    );
  let found: readonly (Cells | undefined)[];
  if (reads === undefined || transactionOf(runner) !== undefined)
    found = await load(wanted.map((_, index) => index));
  else {
    checkReads(dialect, reads);
    const entries = wanted.map(({ row, statement }) => {
      const values: unknown[] = [];
      const parameters = plans.planOf(statement, values).bind(values, context);
      const read = { statement: plan.statement, reads, parameters, form: "row" } as const;
      return { key: keyOfResult(dialect, runner, read), ...entryOptions(reads, { row }) };
    });
    found = await cache.getOrLoadMany(entries, load);
  }
  return found.map((cells) =>
    cells === undefined ? undefined : (plan.decodeRow(cells) as object),
  );
}

async function loadCells(
  { info, scope }: FindPlace,
  wanted: readonly WantedRow[],
): Promise<(Cells | undefined)[]> {
  const { primaryKey } = info;
  const spell = keySpeller(primaryKey);
  const keys = wanted.map(({ values }) =>
    Object.fromEntries(
      primaryKey.map((column, place): [string, unknown] => [column.key, values[place]]),
    ),
  );
  const unique = [...new Map(keys.map((key): [string, Key] => [spell(key), key])).values()];
  const { where: _, ...statement } = wanted[0]!.statement;
  const known = new Map<string, Cells>();
  for (const part of inParts(scope, primaryKey, unique)) {
    const values: unknown[] = [];
    const plan = scope.plans.planOf(
      { ...statement, where: havingValues(primaryKey, part) },
      values,
    );
    const bound = plan.bind(values, scope.context);
    try {
      for (const cells of await scope.runner.rows(plan.statement, bound))
        known.set(spell(plan.decodeRow(cells) as Key), keptCells(cells));
    } catch (error) {
      throw plan.toDbError(error);
    }
  }
  return keys.map((key) => known.get(spell(key)));
}
