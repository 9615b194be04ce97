/** Inserts of one row of which only the key is wanted: databases tell the key that they count up without RETURNING. */

import type { InsertStatement, SelectionRecord } from "../../ast/statement.ts";
import type { MaybePromise } from "../../core/maybe-promise.ts";
import type { WriteResult } from "../../dialect/driver.ts";
import type { TableInfo } from "../../schema/table.ts";
import { runWriteAs, type Scope } from "../run.ts";

/** Whether the key that the database tells is all that is wanted: it counts it up, as the row brings none. */
export function isToldKey(
  { columns, into }: InsertStatement,
  { keys, values }: SelectionRecord,
): boolean {
  const { counted } = into as TableInfo;
  return (
    counted !== undefined &&
    keys.length === 1 &&
    values[0] === counted &&
    !columns.includes(counted)
  );
}

/** @param name What the row that is given back calls the key. */
export function runForKey(
  scope: Scope,
  statement: InsertStatement,
  name: string,
): MaybePromise<unknown[]> {
  return runWriteAs(scope, statement, (result) => keyRows(result, name));
}

/** A trigger may have left the row out. */
function keyRows({ affectedRows, insertId }: WriteResult, name: string): unknown[] {
  return affectedRows === 0 ? [] : [{ [name]: Number(insertId) }];
}
