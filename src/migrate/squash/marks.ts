/** What a squashed migration says of those that it stands for, as comments at the head of its SQL. */

import type { Migration } from "../migration.ts";

export interface Mark {
  readonly name: string;
  /** Of the way up, as it was applied. */
  readonly checksum: string;
}

const MARK = /^[ \t]*--[ \t]*plinth:[ \t]*squashes[ \t]+(\S+)[ \t]+([0-9a-f]{64})[ \t]*$/gm;

/** None for a migration like any other. */
export function marksOf<Tx>({ up }: Migration<Tx>): Mark[] {
  if (up.sql === undefined || !up.sql.includes("squashes")) return [];
  return [...up.sql.matchAll(MARK)].map(([, name = "", checksum = ""]) => ({ name, checksum }));
}

export function isSquashed<Tx>(migration: Migration<Tx>): boolean {
  return marksOf(migration).length > 0;
}

export function writeMarks(marks: readonly Mark[]): string {
  return marks.map(({ name, checksum }) => `-- plinth: squashes ${name} ${checksum}\n`).join("");
}
