/** From the schema in code and the last snapshot to the files of a new migration. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MigrationError } from "../core/error.ts";
import type { Dialect, RenderOptions } from "../dialect/dialect.ts";
import type { Names } from "../schema/naming.ts";
import type { Schema } from "../schema/schema.ts";
import { SNAPSHOT } from "./snapshot/heads.ts";
import { modelOf } from "./model-of.ts";
import { familyOf, planMigration } from "./diff/plan.ts";
import { matchSnapshot, type RenameAnswers, type RenameQuestion } from "./diff/rename.ts";
import { renderPlan, writeSqlFile, type RenderedPlan } from "./render.ts";
import { emptySnapshot, hashSnapshot, writeSnapshot, type Snapshot } from "./snapshot/snapshot.ts";

export interface GeneratedSide {
  readonly family: string;
  readonly up: RenderedPlan;
  readonly down: RenderedPlan;
  readonly upText: string;
  readonly downText: string;
}

export interface Generated {
  readonly snapshot: Snapshot;
  /** What could be a rename, and was not said to be one or none. */
  readonly questions: readonly RenameQuestion[];
  readonly sides: readonly GeneratedSide[];
  readonly isEmpty: boolean;
}

export interface GenerateOptions extends RenameAnswers, RenderOptions {
  readonly names: Names;
  /** One for each database for which SQL is written. */
  readonly dialects: readonly Dialect[];
}

/** MySQL and MariaDB keep some types in different ways, so that the SQL of one must not make the tables of the other. */
function headOf({ migrations }: Dialect): string {
  return migrations.hasRelatives === true ? `-- plinth: for ${migrations.families[0]}\n` : "";
}

/** There and back between two snapshots, on one database. */
export function planSide(
  before: Snapshot,
  after: Snapshot,
  dialect: Dialect,
  options: RenderOptions,
): GeneratedSide {
  const plan = planMigration(before, after, dialect);
  const up = renderPlan(plan, dialect, options);
  const down = renderPlan(
    planMigration(after, before, dialect, { isFilling: true }),
    dialect,
    options,
  );
  const lost = plan.hazards.filter(({ kind }) => kind === "lossy");
  const head = headOf(dialect);
  return {
    family: familyOf(dialect),
    up,
    down,
    upText: up.statements.length === 0 ? "" : head + writeSqlFile(up),
    downText: down.statements.length === 0 ? "" : head + writeSqlFile(down, { lost }),
  };
}

/** What makes the schema of the last snapshot: for each database its SQL, there and back. Writes nothing. */
export function generate(schema: Schema, before: Snapshot, options: GenerateOptions): Generated {
  const { dialects, names, ...rest } = options;
  const models = dialects.map((dialect) => modelOf(schema, names, dialect));
  const views = dialects.flatMap((dialect, at) => {
    const own = models[at]!.views;
    return own === undefined ? [] : [[familyOf(dialect), own] as const];
  });
  const { snapshot, questions } = matchSnapshot(before, models[0]!, {
    ...rest,
    ...(views.length > 0 && { views: Object.fromEntries(views) }),
  });
  const sides = dialects.map((dialect) => planSide(before, snapshot, dialect, rest));
  const isEmpty = sides.every(({ up }) => up.statements.length === 0);
  return { snapshot, questions, sides, isEmpty };
}

export interface WriteOptions {
  readonly folder: string;
  readonly layout: "files" | "folders";
  readonly hasDown: boolean;
}

/** A migration for people to fill in. It leaves the schema as it is. */
export function generateEmpty(before: Snapshot, families: readonly string[]): Generated {
  const rendered: RenderedPlan = {
    statements: [],
    hazards: [],
    isRebuild: false,
    isOutsideTransaction: false,
  };
  return {
    snapshot: { ...before, prevHash: before === emptySnapshot ? null : hashSnapshot(before) },
    questions: [],
    sides: families.map((family) => ({
      family,
      up: rendered,
      down: rendered,
      upText: "-- What is to be done.\n",
      downText: "-- What undoes it.\n",
    })),
    isEmpty: false,
  };
}

/**
 * The files of a migration with their texts. With plain files there can be but one database in a folder.
 *
 * @param snapshot Where it is to be written, too.
 */
export function filesOf(
  name: string,
  sides: readonly GeneratedSide[],
  snapshot: Snapshot | undefined,
  { layout, hasDown }: Omit<WriteOptions, "folder">,
): [path: string, text: string][] {
  const isFolder = layout === "folders";
  const files: [string, string][] = [];
  for (const { family, upText, downText } of sides) {
    const base = isFolder ? join(name, family) : name;
    // A plain file without a way back has no other word in its name.
    files.push([`${base}${isFolder || hasDown ? ".up" : ""}.sql`, upText]);
    if (hasDown) files.push([`${base}.down.sql`, downText]);
  }
  const path = isFolder ? join(name, SNAPSHOT) : `${name}.${SNAPSHOT}`;
  if (snapshot !== undefined) files.push([path, writeSnapshot(snapshot)]);
  return files;
}

/** @returns Their paths. */
export function writeFiles(
  folder: string,
  files: readonly (readonly [string, string])[],
): string[] {
  return files.map(([file, text]) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    // A file that is there is somebody's work.
    writeFileSync(path, text, { flag: "wx" });
    return path;
  });
}

/** @returns The paths of the migration's files. */
export function writeMigration(
  name: string,
  { sides, snapshot }: Generated,
  { folder, ...options }: WriteOptions,
): string[] {
  return writeFiles(folder, filesOf(name, sides, snapshot, options));
}

const STEM = /^[a-z0-9]+(?:[_-][a-z0-9]+)*$/i;

/**
 * The whole name of a new migration.
 *
 * @param known The names that there are.
 */
export function nameMigration(
  stem: string,
  numbering: "m-timestamp" | "sequence" | "timestamp",
  known: readonly string[],
  nowMs: number,
): string {
  if (!STEM.test(stem)) {
    throw new MigrationError("E_MIGRATION_INVALID", `${JSON.stringify(stem)} names no migration.`, {
      hint: "Say what it does in letters, digits and _, such as add_users.",
    });
  }
  if (numbering === "sequence") {
    const numbers = known.map((name) => Number(/^\d+/.exec(name)?.[0] ?? 0));
    return `${String(Math.max(0, ...numbers) + 1).padStart(3, "0")}_${stem}`;
  }
  const digitsOf = (ms: number): string =>
    new Date(ms).toISOString().slice(0, 19).replaceAll(/[-T:]/g, "");
  // Two that are made in one second stand in their order.
  const taken = new Set(known.map((name) => name.replaceAll(/\D/g, "").slice(0, 14)));
  let atMs = nowMs;
  while (taken.has(digitsOf(atMs))) atMs += 1_000;
  const digits = digitsOf(atMs);
  return numbering === "timestamp"
    ? `${digits}_${stem}`
    : `m${digits.slice(0, 8)}_${digits.slice(8)}_${stem}`;
}
