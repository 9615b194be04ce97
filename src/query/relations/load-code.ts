/** What reads and writes related rows. A program that declares no relations starts without it. */

import { hasRelations } from "../../schema/schema.ts";
import type { RelationCode } from "./code.ts";

let loaded: RelationCode | undefined;

/** To be awaited before a database is used: what is asked of it waits for nothing that is still to be loaded. */
export async function loadRelations(): Promise<void> {
  if (hasRelations()) await neededRelations();
}

/** Undefined in a program without relations. */
export function loadedRelations(): RelationCode | undefined {
  return loaded;
}

/** For relations that were declared after the database was connected to, and without it. */
export async function neededRelations(): Promise<RelationCode> {
  loaded ??= (await import("./code.ts")).relationCode;
  return loaded;
}
