/** The schema that a migration starts from, and that it leaves, as the snapshots of its folder tell. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Migration } from "../migration.ts";
import { isForeignSnapshot, SNAPSHOT } from "./heads.ts";
import { readSnapshot, type Snapshot } from "./snapshot.ts";

function readOwn(folder: string, name: string): Snapshot | undefined {
  const file = [join(folder, name, SNAPSHOT), join(folder, `${name}.${SNAPSHOT}`)].find((path) =>
    existsSync(path),
  );
  const text = file === undefined ? "" : readFileSync(file, "utf8");
  return file === undefined || isForeignSnapshot(text) ? undefined : readSnapshot(text, file);
}

/**
 * Nothing is read before it is asked for. SQL by hand without a snapshot leaves the schema as the last one before it has it.
 *
 * @param migrations All of the folder, in their order.
 */
export function withSchemas<Tx>(
  folder: string,
  migrations: readonly Migration<Tx>[],
): Migration<Tx>[] {
  const readAt = (at: number): Snapshot | undefined => {
    for (const { name } of migrations.slice(0, at + 1).toReversed()) {
      const found = readOwn(folder, name);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return migrations.map((migration, at) => ({
    ...migration,
    schema: { before: () => readAt(at - 1), after: () => readAt(at) },
  }));
}
