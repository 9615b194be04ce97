/** Changes of tables that the same migration creates: they meet no rows, and nobody waits for them. */

import type { Change } from "../schema/change.ts";
import { keyOf } from "../schema/moves.ts";

function tableOf(change: Change): string | undefined {
  switch (change.kind) {
    case "addCheck":
    case "addForeignKey":
    case "addPrimaryKey":
      return keyOf({ schema: change.schema, name: change.table });
    case "addUnique":
    case "createIndex":
      return keyOf(change.table);
    default:
      return undefined;
  }
}

/** @returns Whether a change adds something to a table that is new, and so empty. */
export function additionsToNewTables(changes: readonly Change[]): (change: Change) => boolean {
  const created = new Set<string>();
  for (const change of changes) if (change.kind === "createTable") created.add(keyOf(change.table));
  // A name that one table leaves to another one doesn't tell which of them is meant.
  for (const change of changes)
    if (change.kind === "renameTable")
      created.delete(keyOf({ schema: change.schema, name: change.from }));
  return (change) => {
    const table = tableOf(change);
    return table !== undefined && created.has(table);
  };
}
