/** The histories of other tools, in the words of ours. */

import { hash } from "node:crypto";
import type { Answer } from "../../connect/session.ts";
import type { PeerName } from "../../dialect/server/histories.ts";
import type { Migration } from "../migration.ts";

export interface PeerEntry {
  readonly name: string;
  /** `"failed"` is one that began, and of which nobody knows what it did. */
  readonly state: "applied" | "failed";
  /** ISO 8601, UTC. */
  readonly appliedAt: string | undefined;
  /** What mends one that failed. */
  readonly remedy: string | undefined;
  /** The fingerprint of what was applied, in hexadecimal digits. */
  readonly digest: string | undefined;
}

export interface PeerHistory {
  readonly tool: PeerName;
  /** As it stands in a query. */
  readonly table: string;
  readonly entries: readonly PeerEntry[];
}

export interface Peer {
  /** What the rows of its table say, in the order in which they were applied. */
  read(rows: readonly Answer[]): PeerEntry[];
  /** Whether a file is of an entry; its text may have changed since. */
  isFileOf<Tx>(migration: Migration<Tx>, entry: PeerEntry): boolean;
  /** The fingerprint that it takes of a file's text. */
  digestOf?(sql: string): string;
}

/** Whatever form a driver gives a moment in. */
function momentOf(value: unknown): string | undefined {
  const ms =
    value instanceof Date
      ? value.getTime()
      : /^\d+$/.test(String(value))
        ? Number(value)
        : Date.parse(
            String(value)
              .replace(" ", "T")
              .replace(/(?<=\d{2}:\d{2}:[\d.]+)$/, "Z"),
          );
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "t" || value === "true" || Number(value) === 1;
}

function hexOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}

function numberOf({ name }: { readonly name: string }): bigint | undefined {
  const digits = /^\d+/.exec(name)?.[0];
  return digits === undefined ? undefined : BigInt(digits);
}

const byText =
  (column: string) =>
  (one: Answer, other: Answer): number => {
    const [left, right] = [String(one[column]), String(other[column])];
    if (left.length !== right.length && /^\d+$/.test(left + right))
      return left.length - right.length;
    return left < right ? -1 : left > right ? 1 : 0;
  };

const applied = (name: string, appliedAt: string | undefined, digest?: string): PeerEntry => ({
  name,
  state: "applied",
  appliedAt,
  remedy: undefined,
  digest,
});

/** Of one file it knows what it held, and, since 1.0, how it is named. */
const drizzle: Peer = {
  read: (rows) =>
    rows.toSorted(byText("created_at")).map((row) => {
      const digest = String(row["hash"]);
      const { name } = row;
      return applied(
        typeof name === "string" ? name : `hash ${digest.slice(0, 12)}`,
        momentOf(row["applied_at"] ?? row["created_at"]),
        digest,
      );
    }),
  isFileOf: ({ name, up }, entry) =>
    name === entry.name || (up.sql !== undefined && hash("sha256", up.sql) === entry.digest),
  digestOf: (sql) => hash("sha256", sql),
};

const prisma: Peer = {
  read(rows) {
    const kept = rows.filter((row) => row["rolled_back_at"] === null);
    return kept.toSorted(byText("migration_name")).map((row): PeerEntry => {
      const name = String(row["migration_name"]);
      const digest = String(row["checksum"]);
      if (row["finished_at"] !== null) return applied(name, momentOf(row["finished_at"]), digest);
      const remedy = `Finish or undo by hand what it began, then run \`npx prisma migrate resolve --applied ${name}\`, or --rolled-back.`;
      return { name, state: "failed", appliedAt: undefined, remedy, digest };
    });
  },
  isFileOf: ({ name }, entry) => name === entry.name,
  digestOf: (sql) => hash("sha256", sql),
};

const sqlx: Peer = {
  read: (rows) =>
    rows.toSorted(byText("version")).map((row): PeerEntry => {
      const version = String(row["version"]);
      const name = `${version}_${String(row["description"]).replaceAll(" ", "_")}`;
      const digest = hexOf(row["checksum"]);
      if (isTrue(row["success"])) return applied(name, momentOf(row["installed_on"]), digest);
      const remedy = `Finish by hand what it began and set success to true in _sqlx_migrations for version ${version}; or undo it, and delete that row.`;
      return { name, state: "failed", appliedAt: undefined, remedy, digest };
    }),
  // Its description may have been spelt in another way; the version is what it goes by.
  isFileOf: (migration, entry) =>
    numberOf(migration) !== undefined && numberOf(migration) === numberOf(entry),
  digestOf: (sql) => hash("sha384", sql),
};

const seaOrm: Peer = {
  read: (rows) =>
    rows
      .toSorted(byText("version"))
      .map((row) =>
        applied(String(row["version"]), momentOf(String(Number(row["applied_at"]) * 1_000))),
      ),
  isFileOf: ({ name }, entry) => name === entry.name,
};

const kysely: Peer = {
  read: (rows) =>
    rows.toSorted(byText("name")).flatMap((row): PeerEntry[] => {
      if (typeof row["name"] === "string")
        return [applied(row["name"], momentOf(row["timestamp"]))];
      // Its lock is a row, which stays where a process was killed.
      if (!isTrue(row["is_locked"])) return [];
      const remedy =
        "Wait for it to end. If none runs: update kysely_migration_lock set is_locked = 0.";
      return [
        {
          name: "migration_lock",
          state: "failed",
          appliedAt: undefined,
          remedy,
          digest: undefined,
        },
      ];
    }),
  isFileOf: ({ name }, entry) => name === entry.name,
};

const typeOrm: Peer = {
  read: (rows) =>
    rows.toSorted(byText("timestamp")).map((row) => applied(String(row["name"]), undefined)),
  // The class CreateUsers1700000000000 stands in the file 1700000000000-CreateUsers.
  isFileOf: (migration, { name }) => {
    const digits = /\d+$/.exec(name)?.[0];
    return digits !== undefined && numberOf(migration) === BigInt(digits);
  },
};

export const PEERS: Readonly<Record<PeerName, Peer>> = {
  Drizzle: drizzle,
  Kysely: kysely,
  Prisma: prisma,
  SeaORM: seaOrm,
  TypeORM: typeOrm,
  sqlx,
};
