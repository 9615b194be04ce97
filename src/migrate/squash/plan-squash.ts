/** One migration in place of many: what it makes, and what becomes of the rows that they write. Touches no file. */

import { ConfigError } from "../../core/error.ts";
import type { Dialect, RenderOptions } from "../../dialect/dialect.ts";
import { splitScript } from "../../dialect/text/split-script.ts";
import { planSide, type GeneratedSide } from "../generate.ts";
import { ddlOf } from "../lint/ddl.ts";
import { compareNames, registered, type Migration } from "../migration.ts";
import type { Head } from "../snapshot/heads.ts";
import { emptySnapshot, hashSnapshot, type Snapshot } from "../snapshot/snapshot.ts";
import { writeMarks } from "./marks.ts";

export interface SquashAnswers {
  /** Those whose rows a new database is to have, too. */
  readonly keep: readonly string[];
  /** Those whose rows it needn't have. */
  readonly drop: readonly string[];
}

/** What is squashed, on one database. */
export interface SquashedSide<Tx> {
  readonly dialect: Dialect;
  /** In their order; all that were there. */
  readonly before: readonly Migration<Tx>[];
  /** The new one first, and those with code that stay behind it. */
  readonly after: readonly Migration<Tx>[];
  readonly side: GeneratedSide;
}

interface Parts {
  readonly rows: readonly string[];
  readonly hasOthers: boolean;
}

/** The statements that write rows, and whether there are any that do something else. */
function partsOf<Tx>({ up }: Migration<Tx>, { lexis }: Dialect): Parts {
  const statements = splitScript(up.sql ?? "", lexis).map(
    ({ text }) => [text, ddlOf(text, lexis).kind] as const,
  );
  const rows = statements.filter(([, kind]) => kind === "rows").map(([text]) => text);
  const hasOthers = statements.some(([, kind]) => !["rows", "set", "pragma"].includes(kind));
  return { rows, hasOthers };
}

/** Whether its SQL writes rows. */
export function writesRows<Tx>(migration: Migration<Tx>, dialect: Dialect): boolean {
  return partsOf(migration, dialect).rows.length > 0;
}

/** Those up to one, and no fewer than two. */
export function squashable<Tx>(
  migrations: readonly Migration<Tx>[],
  to: string | undefined,
): Migration<Tx>[] {
  if (to !== undefined && !migrations.some(({ name }) => name === to)) {
    throw new ConfigError(`There is no migration "${to}".`, {
      hint: "Run `plinth migrate status` for their names.",
    });
  }
  const range = migrations.filter(({ name }) => to === undefined || compareNames(name, to) <= 0);
  if (range.length > 1) return range;
  throw new ConfigError("There are no two migrations to squash.", {
    hint: "Name the last one of them by --to NAME, or leave --to out for all.",
  });
}

/** It gets the number of the first, so that all that is behind stays behind. */
export function nameOfSquashed(first: string, stem: string, known: readonly string[]): string {
  const number = /^(?:m\d{8}_\d{6}|\d+)/.exec(first)?.[0];
  const name = number === undefined ? stem : `${number}_${stem}`;
  if (/^[a-z0-9]+(?:[_-][a-z0-9]+)*$/i.test(stem) && !known.includes(name)) return name;
  throw new ConfigError(
    known.includes(name)
      ? `There is a migration "${name}" already.`
      : `${JSON.stringify(stem)} names no migration.`,
    { hint: "Say another name by --name: letters, digits and _." },
  );
}

/** Nobody can tell from outside what code does to rows. */
function refuseCode<Tx>(migrations: readonly Migration<Tx>[], { drop, keep }: SquashAnswers): void {
  const answered = new Set([...drop, ...keep]);
  const names = migrations
    .filter(({ name, up }) => up.code !== undefined && !answered.has(name))
    .map(({ name }) => name);
  if (names.length === 0) return;
  throw new ConfigError(
    `${names.join(", ")} ${names.length === 1 ? "runs" : "run"} code, of which SQL would know nothing.`,
    {
      hint: `For each say --keep ${names[0]}, so that it stays as it is behind the squashed one, or --drop ${names[0]}, where a new database doesn't need what it does.`,
    },
  );
}

function refuseUnknown<Tx>(
  migrations: readonly Migration<Tx>[],
  { drop, keep }: SquashAnswers,
): void {
  for (const name of [...keep, ...drop]) {
    if (migrations.some((migration) => migration.name === name)) continue;
    throw new ConfigError(`"${name}" is none of the migrations that are squashed.`, {
      hint: "--keep and --drop take the whole name of one of them.",
    });
  }
}

/** Code stays with its migration; rows of SQL go into the new one. */
function staysWhole<Tx>(migration: Migration<Tx>, dialect: Dialect): boolean {
  if (migration.up.code === undefined) return false;
  if (!partsOf(migration, dialect).hasOthers) return true;
  throw new ConfigError(
    `"${migration.name}" makes tables beside its code, so that it can't stay behind them.`,
    { hint: "Squash up to the one before it by --to NAME." },
  );
}

/** What the new one makes, on one database. */
export function squashSide<Tx>(
  name: string,
  before: readonly Migration<Tx>[],
  snapshot: Snapshot,
  dialect: Dialect,
  options: RenderOptions & SquashAnswers,
): SquashedSide<Tx> {
  refuseUnknown(before, options);
  refuseCode(before, options);
  const kept = before.filter((migration) => options.keep.includes(migration.name));
  const whole = kept.filter((migration) => staysWhole(migration, dialect));
  const rows = kept
    .filter((migration) => !whole.includes(migration))
    .map((migration) => {
      const texts = partsOf(migration, dialect).rows;
      return `\n-- The rows of ${migration.name}.\n${texts.map((text) => `${text};\n`).join("")}`;
    });
  const marks = before
    .filter((migration) => !whole.includes(migration))
    .map((migration) => ({ name: migration.name, checksum: migration.up.checksum }));
  const side = planSide(emptySnapshot, snapshot, dialect, options);
  const upText = `${writeMarks(marks)}\n${side.upText}${rows.join("")}`;
  const [made] = registered<Tx>([{ name, up: upText }]);
  return { dialect, before, after: [made!, ...whole], side: { ...side, upText } };
}

/** The snapshots behind the squashed one, each of which starts from another one now. */
export function rechained(squashed: Snapshot, later: readonly Head[]): Head[] {
  let last = squashed;
  return later.map((head) => {
    last = { ...head.snapshot, prevHash: hashSnapshot(last) };
    return { ...head, snapshot: last };
  });
}
