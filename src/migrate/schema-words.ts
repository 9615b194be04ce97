/** What a migration's code says of tables, in the words in which they are declared. */

import type { Session } from "../connect/session.ts";
import { ConfigError, MigrationError } from "../core/error.ts";
import type { Names } from "../schema/naming.ts";
import { infoOf, isTable, type AnyTable, type ColumnsOf } from "../schema/table.ts";
import { resolveModel, type Model } from "../schema/model.ts";
import { planMigration } from "./diff/plan.ts";
import { matchSnapshot, type RenameAnswers } from "./diff/rename.ts";
import { renderPlan, type RenderedPlan } from "./render.ts";
import { emptySnapshot, type Snapshot } from "./snapshot/snapshot.ts";

type KeysOf<T extends AnyTable> = Extract<keyof ColumnsOf<T>, string>;

/** An enum's value, as in `"user_role.admin"`. */
type ValuePath = `${string}.${string}`;

export interface BesideOptions {
  /** Tables that are there already and have an enum in common with it. */
  readonly beside?: readonly AnyTable[];
}

export interface AlterOptions<
  Before extends AnyTable,
  After extends AnyTable,
> extends BesideOptions {
  /** Columns by their keys, `{ name: "fullName" }`, and values of enums, `{ "user_role.admin": "owner" }`. */
  readonly renames?: { readonly [Key in KeysOf<Before>]?: KeysOf<After> } & Readonly<
    Record<ValuePath, string>
  >;
  /** Columns, or values of enums, that go with their data, where another one came that could be their new name. */
  readonly drops?: readonly (KeysOf<Before> | ValuePath)[];
}

/**
 * Creates, changes and drops tables, as they are declared in the migration's own file: the schema of the application
 * changes, and a migration stays. Tables that foreign keys point at must be there.
 */
export interface SchemaWords {
  createTable(table: AnyTable, options?: BesideOptions): Promise<void>;
  /**
   * @param before As it was declared.
   * @param after As it is to be; another name renames it.
   * @throws {ConfigError} when a column is gone that could be one that came, and the options don't say whether it is.
   */
  alterTable<Before extends AnyTable, After extends AnyTable>(
    before: Before,
    after: After,
    options?: AlterOptions<Before, After>,
  ): Promise<void>;
  dropTable(table: AnyTable, options?: BesideOptions): Promise<void>;
}

export interface WordContext {
  readonly session: Session;
  /** The migration's. */
  readonly name: string;
  /** Whether tables can be made anew, as foreign keys rest. */
  readonly isRebuild: boolean;
  /**
   * Runs the statements of one word.
   *
   * @param before What it changes, as it was declared.
   */
  run(statements: readonly string[], before: Snapshot): Promise<void>;
}

/** Migrations in JavaScript, and those that no compiler looks at before they run, may pass a name. */
function checkTables(word: keyof SchemaWords, ...given: readonly unknown[]): void {
  if (given.every(isTable)) return;
  throw new ConfigError(`${word}() takes tables as table() declares them.`, {
    code: "E_SCHEMA",
    hint: 'Declare it in the migration: const tags = table("tags", { … }).',
  });
}

/** @param beside Tables of which nothing but their enums counts. */
function snapshotOf(
  tables: readonly AnyTable[],
  beside: readonly AnyTable[],
  before: Snapshot,
  names: Names,
  answers: RenameAnswers = {},
): Snapshot {
  const modelOf = (given: readonly AnyTable[]): Model =>
    resolveModel({ tables: Object.fromEntries(given.entries()), views: {} }, names);
  const model = { ...modelOf(tables), enums: modelOf([...beside, ...tables]).enums };
  const { snapshot, questions } = matchSnapshot(before, model, answers);
  const [question] = questions;
  if (question === undefined) return snapshot;
  const { what, path, candidates } = question;
  const others = candidates.map(({ name }) => name).join(" or ");
  throw new ConfigError(`The ${what} ${path} is gone, and may be ${others} now.`, {
    code: "E_SCHEMA",
    hint: 'Tell alterTable() with { renames: { name: "fullName" } }, or { drops: ["name"] }.',
  });
}

/** In the words of the flags, with the names of the database. */
function answersOf(
  before: AnyTable,
  after: AnyTable,
  names: Names,
  { renames = {}, drops = [] }: { renames?: object; drops?: readonly string[] },
): RenameAnswers {
  const from = infoOf(before);
  const to = infoOf(after);
  const tableOf = ({ schema, table }: typeof from): string =>
    `${schema === undefined ? "" : `${schema}.`}${names.table(table)}`;
  const nameIn = ({ columns, table }: typeof from, key: string): string => {
    const column = columns.find((candidate) => candidate.key === key);
    if (column !== undefined) return names.column(column);
    throw new ConfigError(`Table "${table}" has no column "${key}".`, { code: "E_SCHEMA" });
  };
  const isPath = (key: string): boolean =>
    !from.columns.some((column) => column.key === key) && key.includes(".");
  const pathOf = (key: string): string =>
    isPath(key) ? key : `${tableOf(from)}.${nameIn(from, key)}`;
  const moved = tableOf(from) === tableOf(to) ? [] : [`${tableOf(from)}=${tableOf(to)}`];
  const pairs = Object.entries(renames as Record<string, string>).map(
    ([key, value]) => `${pathOf(key)}=${isPath(key) ? value : nameIn(to, value)}`,
  );
  return { renames: [...moved, ...pairs], drops: drops.map(pathOf) };
}

/** Whether a table is dropped that others point at, or whose place another one takes. */
async function needsRest(
  session: Session,
  plan: RenderedPlan,
  dropped: readonly string[],
): Promise<boolean> {
  const { rebuild } = session.dialect.migrations;
  if (rebuild === undefined || !plan.isRebuild) return false;
  if (dropped.length === 0) return true;
  const rows = await session.askRaw(rebuild.references);
  return rows.some(
    ({ table, parent }) => dropped.includes(String(parent)) && !dropped.includes(String(table)),
  );
}

export function schemaWords(context: WordContext): SchemaWords {
  const { session } = context;
  const { dialect, names } = session.engine;
  /** @param dropped The tables that the word itself drops. */
  const change = async (
    before: Snapshot,
    after: Snapshot,
    dropped: readonly string[] = [],
  ): Promise<void> => {
    const whole = await dialect.withChanges();
    const plan = renderPlan(planMigration(before, after, whole), whole);
    if (!context.isRebuild && (await needsRest(session, plan, dropped))) {
      throw new MigrationError(
        "E_MIGRATION_INVALID",
        `Migration "${context.name}" must make a table anew, or drop one that others point at, while foreign keys are kept.`,
        { hint: "Write `rebuild: true` into its defineMigration({ … })." },
      );
    }
    const texts = plan.statements.map(({ text }) => text);
    await context.run(texts, before);
  };
  const first = (tables: readonly AnyTable[], beside: readonly AnyTable[]): Snapshot =>
    snapshotOf(tables, beside, emptySnapshot, names);
  return {
    async createTable(table, { beside = [] } = {}) {
      checkTables("createTable", table, ...beside);
      const before = first([], beside);
      await change(before, snapshotOf([table], beside, before, names));
    },
    async alterTable(before, after, options = {}) {
      const { beside = [] } = options;
      checkTables("alterTable", before, after, ...beside);
      const old = first([before], beside);
      const answers = answersOf(before, after, names, options);
      await change(old, snapshotOf([after], beside, old, names, answers));
    },
    async dropTable(table, { beside = [] } = {}) {
      checkTables("dropTable", table, ...beside);
      const before = first([table], beside);
      const dropped = [names.table(infoOf(table).table)];
      await change(before, snapshotOf([], beside, before, names), dropped);
    },
  };
}
