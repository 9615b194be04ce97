/** The snapshots of a folder, each of which starts from another one. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MigrationError } from "../../core/error.ts";
import { compareNames } from "../migration.ts";
import { isRegistry } from "../registry.ts";
import { emptySnapshot, hashSnapshot, readSnapshot, type Snapshot } from "./snapshot.ts";

/** The snapshot of a migration. */
export interface Head {
  readonly name: string;
  readonly file: string;
  readonly snapshot: Snapshot;
}

export const SNAPSHOT = "snapshot.json";

/** Drizzle's snapshots have the same name, and tell their version as a text. */
export function isForeignSnapshot(text: string): boolean {
  return /^\s*\{[^{}[\]]*"version"\s*:\s*"/.test(text);
}

/** `<name>/snapshot.json`, or `<name>.snapshot.json` beside plain files. */
function readHeads(folder: string): Head[] {
  if (isRegistry(folder) || !existsSync(folder)) return [];
  const heads = readdirSync(folder, { withFileTypes: true }).flatMap((entry): Head[] => {
    const [name, file] = entry.isDirectory()
      ? [entry.name, join(folder, entry.name, SNAPSHOT)]
      : [entry.name.replace(/\.snapshot\.json$/, ""), join(folder, entry.name)];
    const isSnapshot = entry.isDirectory() ? existsSync(file) : name !== entry.name;
    const text = isSnapshot ? readFileSync(file, "utf8") : "";
    if (!isSnapshot || isForeignSnapshot(text)) return [];
    return [{ name, file, snapshot: readSnapshot(text, file) }];
  });
  return heads.toSorted((left, right) => compareNames(left.name, right.name));
}

/** Those that follow one another, from the first on. */
function chainOf(heads: readonly Head[]): Head[] {
  const followers = new Map<string | null, Head>();
  for (const head of heads) {
    const { prevHash } = head.snapshot;
    const other = followers.get(prevHash);
    if (other !== undefined) {
      throw new MigrationError(
        "E_MIGRATION_CONFLICT",
        `Migrations "${other.name}" and "${head.name}" both start from the same schema, as two branches do.`,
        {
          hint: `Take "${head.name}" back where it is applied, delete its files, and generate it anew: \`plinth migrate generate\`.`,
        },
      );
    }
    followers.set(prevHash, head);
  }
  const chain: Head[] = [];
  for (let next = followers.get(null); next !== undefined;) {
    chain.push(next);
    next = followers.get(hashSnapshot(next.snapshot));
  }
  return chain;
}

/** The migrations of a folder that have snapshots, each behind the one that it starts from. */
export function readChain(folder: string): readonly Head[] {
  return chainOf(readHeads(folder));
}

/**
 * The snapshot that the next migration starts from.
 *
 * @throws {MigrationError} `E_MIGRATION_CONFLICT` where two migrations start from the same one, as those of two branches do.
 */
export function readLastSnapshot(folder: string): Snapshot {
  return readChain(folder).at(-1)?.snapshot ?? emptySnapshot;
}

/**
 * The snapshot that a migration starts from, which gets a new one of its own.
 *
 * @throws {MigrationError} `E_MIGRATION_CONFLICT` where later ones have snapshots already, as those would start from nothing.
 */
export function readSnapshotBefore(folder: string, name: string): Snapshot {
  const chain = readChain(folder);
  const later = chain.find((head) => compareNames(head.name, name) > 0);
  if (later !== undefined) {
    throw new MigrationError(
      "E_MIGRATION_CONFLICT",
      `Migration "${later.name}" comes behind "${name}" and has a snapshot already.`,
      { hint: "Name the last migration: its snapshot is of what all of them make." },
    );
  }
  return chain.filter((head) => head.name !== name).at(-1)?.snapshot ?? emptySnapshot;
}
