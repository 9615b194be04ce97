/** Keeps migrations from making tables anew without what only the database knows of them. */

import type { Session } from "../../connect/session.ts";
import { MigrationError } from "../../core/error.ts";
import { expectedTables, tablesOfSnapshot } from "../losses/expected.ts";
import { findLosses, LOSS, type Loss } from "../losses/find-losses.ts";
import { tableStatement } from "../losses/table-statements.ts";
import { TableTexts } from "../losses/table-texts.ts";
import type { Migration } from "../migration.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { statementsOf, type RunContext, type Way } from "./run-side.ts";

/** Of a database where tables are made anew; undefined for another one. */
export async function readTableTexts(session: Session): Promise<TableTexts | undefined> {
  const { rebuild } = session.dialect.migrations;
  if (rebuild === undefined) return undefined;
  const rows = await session.askRaw(rebuild.texts);
  return new TableTexts(rows.map((row) => [String(row["name"]), String(row["sql"])]));
}

function lossesOf<Tx>(
  context: Pick<RunContext<Tx>, "session">,
  migration: Migration<Tx>,
  way: Way,
  tables: TableTexts,
): Loss[] {
  const { dialect } = context.session;
  const side = migration[way];
  const statements = side === undefined ? [] : statementsOf(context, side);
  if (!statements.some(({ text }) => tableStatement(text)?.kind === "drop")) return [];
  const expected = expectedTables(migration, way, dialect);
  return findLosses({
    rebuild: dialect.migrations.rebuild!,
    statements,
    tables,
    expected: (table) => expected.get(table),
  });
}

/** What a migration would take from the tables that there are, on its way and, behind it, on its way back. */
export function findMigrationLosses<Tx>(
  context: Pick<RunContext<Tx>, "session">,
  migration: Migration<Tx>,
  way: Way,
  tables: TableTexts,
): { readonly way: Way; readonly losses: readonly Loss[] }[] {
  const found = [{ way, losses: lossesOf(context, migration, way, tables) }];
  if (way === "up") {
    const losses = lossesOf(context, migration, "down", tables.asTheyAre());
    found.push({ way: "down", losses });
  }
  return found.filter(({ losses }) => losses.length > 0);
}

function describe(losses: readonly Loss[]): string {
  return losses.map(({ table, parts }) => `${table}: ${parts.join(", ")}`).join("; ");
}

/** @throws {MigrationError} `E_MIGRATION_LOSSY`, as what has been applied can't be edited any more for its way back, too. */
export async function refuseLosses<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
): Promise<void> {
  const ways = [migration[way]?.sql, way === "up" ? migration.down?.sql : undefined];
  if (!ways.some((sql) => sql !== undefined && /\bdrop\s+table\b/i.test(sql))) return;
  const tables = await readTableTexts(context.session);
  if (tables === undefined) return;
  const [first] = findMigrationLosses(context, migration, way, tables);
  if (first === undefined) return;
  const hint =
    `Write it into the new table in the SQL of the way ${first.way}, line ${first.losses[0]!.line}. ` +
    `Where it is to go, write above that: -- lint:allow ${LOSS} and the reason.`;
  const what = first.way === way ? "Migration" : "The way back of migration";
  throw new MigrationError(
    "E_MIGRATION_LOSSY",
    `${what} "${migration.name}" makes tables anew without what they have (${describe(first.losses)}); nothing was executed.`,
    { hint },
  );
}

/**
 * Of a migration's code, before one of its words.
 *
 * @param before The tables as they were declared.
 */
export async function refuseWordLosses(
  session: Session,
  texts: readonly string[],
  before: Snapshot,
): Promise<void> {
  if (!texts.some((text) => tableStatement(text)?.kind === "drop")) return;
  const tables = await readTableTexts(session);
  if (tables === undefined) return;
  const expected = tablesOfSnapshot(before, session.dialect);
  const losses = findLosses({
    rebuild: session.dialect.migrations.rebuild!,
    statements: texts.map((text) => ({ text, lead: "", line: 1 })),
    tables,
    expected: (table) => expected.get(table),
  });
  if (losses.length === 0) return;
  throw new MigrationError(
    "E_MIGRATION_LOSSY",
    `Tables would be made anew without what they have (${describe(losses)}).`,
    { hint: "Write this change as SQL, in which the new table has it." },
  );
}
