/** What a row is called by its primary key: the same text for all that the database takes for the same key. */

import type { AnyTableColumn, TableInfo } from "../../schema/table.ts";

/** The values of one key, in the order of its columns. */
type NameRow = (key: readonly unknown[]) => string;

function isNameable({ type }: AnyTableColumn): boolean {
  switch (type.kind) {
    case "integer":
    case "bigint":
    case "uuid":
    case "enum":
      return true;
    case "text":
      // Others take texts for the same that aren't, each in a way of its own.
      return type.collation === undefined;
    default:
      return false;
  }
}

/** A uuid may be given in capitals, and a bigint as a number. */
function textOf(value: unknown, { type }: AnyTableColumn): string {
  return type.kind === "uuid" ? String(value).toLowerCase() : String(value);
}

/** Undefined for a table whose rows can't be told by their keys with certainty. */
export function keyNamer({ primaryKey }: TableInfo): NameRow | undefined {
  if (primaryKey.length === 0 || !primaryKey.every(isNameable)) return undefined;
  return (key) => JSON.stringify(key.map((value, place) => textOf(value, primaryKey[place]!)));
}
