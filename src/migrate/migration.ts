/** One step in the life of a database, in the form in which it is run. */

import { createHash } from "node:crypto";
import { MigrationError } from "../core/error.ts";
import type { SchemaWords } from "./schema-words.ts";
import type { Snapshot } from "./snapshot/snapshot.ts";

/**
 * What a migration does by code, in its transaction where the database can undo that.
 *
 * On MySQL and MariaDB, which can't undo DDL, a word of `schema` commits what was done before it.
 */
export type MigrationCode<Tx> = (tx: Tx, schema: SchemaWords) => Promise<void>;

/** One way of a migration: SQL first, then code, and the other way round going back. */
export interface MigrationSide<Tx> {
  readonly sql: string | undefined;
  readonly code: MigrationCode<Tx> | undefined;
  /** Of the SQL's text and the code's file: changes when one of them is edited. */
  readonly checksum: string;
}

export interface Migration<Tx> {
  /** Such as `20260131094500_create_users`; migrations run in the order of their names. */
  readonly name: string;
  readonly up: MigrationSide<Tx>;
  /** Undefined for one that can't be undone. */
  readonly down: MigrationSide<Tx> | undefined;
  /** Whether its code makes tables anew, so that foreign keys are to rest, as `-- plinth: rebuild` says of SQL. */
  readonly isRebuild?: boolean;
  /** What was declared before it and behind it, as far as its folder has snapshots. */
  readonly schema?: {
    before(): Snapshot | undefined;
    after(): Snapshot | undefined;
  };
}

/** A migration that a program brings with it, instead of a folder. */
export interface RegisteredMigration<Tx> {
  readonly name: string;
  readonly up: MigrationCode<Tx> | string;
  readonly down?: MigrationCode<Tx> | string;
  /** SQLite: its code makes tables anew, so foreign keys rest meanwhile, and are compared at the end. Default false. */
  readonly rebuild?: boolean;
}

/** Of the text with its line ends made equal, as version control may change those. */
export function checksumOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text.replaceAll("\r\n", "\n")).update("\0");
  return hash.digest("hex");
}

function sideOf<Tx>(given: MigrationCode<Tx> | string): MigrationSide<Tx> {
  return typeof given === "string"
    ? { sql: given, code: undefined, checksum: checksumOf(given) }
    : // The text of a function changes when it is bundled, so that it tells nothing of an edit.
      { sql: undefined, code: given, checksum: checksumOf("code") };
}

/** @throws {MigrationError} `E_MIGRATION_INVALID` for names that no migration may have. */
export function registered<Tx>(given: readonly RegisteredMigration<Tx>[]): Migration<Tx>[] {
  return inOrder(
    given.map(({ name, up, down, rebuild }) => ({
      name,
      up: sideOf(up),
      down: down === undefined ? undefined : sideOf(down),
      ...(rebuild === true && { isRebuild: true }),
    })),
  );
}

const NAME = /^[A-Za-z0-9][\w.-]{0,199}$/;
const NUMBERED = /^(\D*)(\d+)(.*)$/s;

function partsOf(name: string): [string, bigint, string] {
  const [, head = "", digits = "0", tail = name] = NUMBERED.exec(name) ?? [];
  return [head, BigInt(digits), tail];
}

/** By the number that names begin with, so that `10_b` stands behind `9_a`. */
export function compareNames(left: string, right: string): number {
  const [leftHead, leftNumber, leftTail] = partsOf(left);
  const [rightHead, rightNumber, rightTail] = partsOf(right);
  const pairs = [
    [leftHead, rightHead],
    [leftNumber, rightNumber],
    [leftTail, rightTail],
    [left, right],
  ] as const;
  for (const [one, other] of pairs) if (one !== other) return one < other ? -1 : 1;
  return 0;
}

/** Sorts migrations, and refuses names that stand twice or that no database could hold. */
export function inOrder<Tx>(migrations: readonly Migration<Tx>[]): Migration<Tx>[] {
  const names = new Set<string>();
  for (const { name } of migrations) {
    if (!NAME.test(name)) {
      throw new MigrationError(
        "E_MIGRATION_INVALID",
        `A migration is named ${JSON.stringify(name)}.`,
        {
          hint: "Name it with letters, digits, _, - and . only, such as 20260131094500_create_users.",
        },
      );
    }
    if (names.has(name)) {
      throw new MigrationError("E_MIGRATION_INVALID", `Two migrations are named "${name}".`, {
        hint: "Rename the one that is not applied yet.",
      });
    }
    names.add(name);
  }
  return migrations.toSorted((left, right) => compareNames(left.name, right.name));
}

/** What a comment `-- plinth: …` at the head of a file asks for. */
export interface Directives {
  /** Each statement stands alone: for what a database refuses inside a transaction. */
  readonly isOutsideTransaction: boolean;
  /** SQLite: tables are made anew, so foreign keys rest meanwhile and are compared at the end. */
  readonly isRebuild: boolean;
  /** The database that the SQL was written for, where a relative of it would keep other types in its tables. */
  readonly product: string | undefined;
}

const DIRECTIVE = /^[ \t]*--[ \t]*plinth:[ \t]*(.*?)[ \t]*$/gm;

export function directivesOf(sql: string | undefined, name: string): Directives {
  const words = [...(sql ?? "").matchAll(DIRECTIVE)].map(([, word = ""]) => word);
  const product = words.find((word) => word.startsWith("for "))?.slice(4);
  const unknown = words.find(
    (word) =>
      word !== "no-transaction" &&
      word !== "rebuild" &&
      word !== `for ${product}` &&
      !/^squashes\s+\S+\s+[0-9a-f]{64}$/.test(word),
  );
  if (unknown !== undefined) {
    throw new MigrationError(
      "E_MIGRATION_INVALID",
      `Migration "${name}" asks for "-- plinth: ${unknown}", which means nothing.`,
      {
        hint: "There are `-- plinth: no-transaction`, `-- plinth: rebuild` and `-- plinth: for NAME`.",
      },
    );
  }
  return {
    isOutsideTransaction: words.includes("no-transaction"),
    isRebuild: words.includes("rebuild"),
    product,
  };
}
