/** The tags by which what is cached of a database is made void. Other versions of a program know the same. */

import { hash } from "node:crypto";
import { keyNamer } from "../../query/follow/row-name.ts";
import type { Touched } from "../../query/follow/touched.ts";
import type { TableInfo } from "../../schema/table.ts";

/** Of all that was read of a table by other than the key of a row: any write of the table ends it. */
export function tagOfQueries(table: string): string {
  return `plinth:queries:${table}`;
}

/** Of all rows of a table: a write of rows that its statement doesn't name ends it. */
function tagOfRows(table: string): string {
  return `plinth:rows:${table}`;
}

/** A store's keys are bounded. */
const MAX_NAME_LENGTH = 100;

/** @param name Of `keyNamer`. */
function tagOfRow(table: string, name: string): string {
  const text = name.length > MAX_NAME_LENGTH ? hash("sha256", name, "base64url") : name;
  return `plinth:row:${table}:${text}`;
}

/** More rows of a table than these, written by one transaction, are as well told as all of it. */
const MAX_ROWS = 200;

/** What becomes void by writes. */
export function tagsOfTouched(touched: readonly Touched[]): string[] {
  /** By tables; undefined: any rows. */
  const byTable = new Map<string, Set<string> | undefined>();
  for (const { rows, table } of touched) {
    const known = byTable.has(table) ? byTable.get(table) : new Set<string>();
    for (const name of rows ?? []) known?.add(name);
    const isAll = rows === undefined || (known?.size ?? 0) > MAX_ROWS;
    byTable.set(table, isAll ? undefined : known);
  }
  return [...byTable].flatMap(([table, rows]) => [
    tagOfQueries(table),
    ...(rows === undefined ? [tagOfRows(table)] : [...rows].map((name) => tagOfRow(table, name))),
  ]);
}

/** What a row stands and falls with; one that isn't there also with whatever is inserted. */
export interface RowTags {
  readonly tags: readonly string[];
  readonly tagsOfNothing: readonly string[];
}

/** @param key The values of the primary key, in the order of its columns. */
export function tagsOfRow(table: string, info: TableInfo, key: readonly unknown[]): RowTags {
  const name = keyNamer(info)?.(key);
  const rows = tagOfRows(table);
  return {
    tags: name === undefined ? [rows] : [rows, tagOfRow(table, name)],
    tagsOfNothing: [tagOfQueries(table)],
  };
}
