/** The order of changes: what leans on something goes before it, and comes after it. */

import type { Change } from "../../schema/change.ts";

/**
 * Whatever leans on names and types goes first, so that these can change; what loses data goes last, when all else has
 * succeeded. `dropEarly` is for what stands in the way of a name, and for what is computed.
 */
export const PHASES = [
  "dropViews",
  "dropForeignKeys",
  "dropConstraints",
  "dropEarly",
  "createSchemas",
  "renames",
  "enums",
  "createTables",
  "columns",
  "generatedColumns",
  "constraints",
  "foreignKeys",
  "comments",
  "createViews",
  "dropColumns",
  "dropTables",
  "dropEnums",
] as const;

export type Phase = (typeof PHASES)[number];

export class ChangeList {
  readonly #phases = new Map<Phase, Change[]>(PHASES.map((phase) => [phase, []]));

  add(phase: Phase, ...changes: readonly Change[]): void {
    this.#phases.get(phase)!.push(...changes);
  }

  ordered(): Change[] {
    return [...this.#phases.values()].flat();
  }
}
