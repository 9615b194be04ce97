/** SQL of one more database for migrations that were generated for others. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Dialect, RenderOptions } from "../dialect/dialect.ts";
import { planSide, type GeneratedSide } from "./generate.ts";
import { readChain } from "./snapshot/heads.ts";
import { emptySnapshot, type Snapshot } from "./snapshot/snapshot.ts";

export interface Filled {
  readonly name: string;
  readonly side: GeneratedSide;
  readonly snapshot: Snapshot;
  /** Whether its tables stay as they are, so that what the other databases' SQL does is to be written by hand. */
  readonly isByHand: boolean;
}

function filesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** One that is code alone runs on every database. */
function isComplete(folder: string, name: string, families: readonly string[]): boolean {
  const names = new Set([...families.map((family) => `${family}.up.sql`), "up.sql"]);
  const inside = filesIn(join(folder, name));
  if (inside.some((file) => names.has(file))) return true;
  const isCode = inside.some((file) => /^migration\.[cm]?[jt]s$/.test(file));
  if (isCode && !inside.some((file) => file.endsWith(".sql"))) return true;
  return filesIn(folder).some((file) => file === `${name}.sql` || file === `${name}.up.sql`);
}

/**
 * What is missing of a database in a folder. Writes nothing.
 *
 * @param source Where the snapshots are: the folder itself, or that of another database.
 */
export function fillMigrations(
  folder: string,
  source: string,
  dialect: Dialect,
  options: RenderOptions = {},
): Filled[] {
  const { families } = dialect.migrations;
  let before = emptySnapshot;
  return readChain(source).flatMap(({ name, snapshot }): Filled[] => {
    const side = planSide(before, snapshot, dialect, options);
    before = snapshot;
    if (isComplete(folder, name, families)) return [];
    if (side.up.statements.length > 0) return [{ name, side, snapshot, isByHand: false }];
    const upText =
      "-- The tables stay as they are. What the other databases do here, write by hand.\n";
    const downText = "-- What undoes it.\n";
    return [{ name, side: { ...side, upText, downText }, snapshot, isByHand: true }];
  });
}
