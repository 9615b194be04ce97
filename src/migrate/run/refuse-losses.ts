/** Keeps migrations from making tables anew without what only the database knows of them. */

import type { Session } from "../../connect/session.ts";
import { MigrationError } from "../../core/error.ts";
import { expectedTables, tablesOfSnapshot } from "../losses/expected.ts";
import {
  CLAUSE_LOSS,
  clausesLost,
  findClauseLosses,
  type ColumnClause,
} from "../losses/find-clauses.ts";
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

async function lossesOf<Tx>(
  context: Pick<RunContext<Tx>, "session">,
  migration: Migration<Tx>,
  way: Way,
  tables: TableTexts,
): Promise<Loss[]> {
  const side = migration[way];
  const statements = side === undefined ? [] : statementsOf(context, side);
  if (!statements.some(({ text }) => tableStatement(text)?.kind === "drop")) return [];
  const dialect = await context.session.dialect.withChanges();
  const expected = expectedTables(migration, way, dialect);
  return findLosses({
    migration: dialect.migration,
    statements,
    tables,
    expected: (table) => expected.get(table),
  });
}

/** What a migration would take from the tables that there are, on its way and, behind it, on its way back. */
export async function findMigrationLosses<Tx>(
  context: Pick<RunContext<Tx>, "session">,
  migration: Migration<Tx>,
  way: Way,
  tables: TableTexts,
): Promise<{ readonly way: Way; readonly losses: readonly Loss[] }[]> {
  const found = [{ way, losses: await lossesOf(context, migration, way, tables) }];
  if (way === "up") {
    const losses = await lossesOf(context, migration, "down", tables.asTheyAre());
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
  const [first] = await findMigrationLosses(context, migration, way, tables);
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
 * As `refuseLosses`, where a change says the whole column anew.
 *
 * @throws {MigrationError} `E_MIGRATION_LOSSY`
 */
export async function refuseClauseLosses<Tx>(
  context: RunContext<Tx>,
  migration: Migration<Tx>,
  way: Way,
): Promise<void> {
  const { dialect } = context.session;
  const { columnClauses } = dialect.migrations;
  const ways = way === "up" ? (["up", "down"] as const) : ([way] as const);
  const changes = ways.filter((one) => /\b(?:change|modify)\b/i.test(migration[one]?.sql ?? ""));
  if (columnClauses === undefined || changes.length === 0) return;
  const rows = await context.session.askRaw(columnClauses);
  let clauses = rows.map(({ clause, column, table }): ColumnClause => ({
    table: String(table),
    column: String(column),
    clause: String(clause),
  }));
  for (const one of changes) {
    const statements = statementsOf(context, migration[one]!);
    const losses = findClauseLosses(statements, clauses, dialect.lexis);
    const gone = statements.flatMap(({ text }) => clausesLost(text, clauses, dialect.lexis));
    clauses = clauses.filter((clause) => !gone.includes(clause));
    const [first] = losses;
    if (first === undefined) continue;
    const what = one === way ? "Migration" : "The way back of migration";
    throw new MigrationError(
      "E_MIGRATION_LOSSY",
      `${what} "${migration.name}" says columns anew without what they have (${describe(losses)}); nothing was executed.`,
      {
        hint:
          `Write it into the column in the SQL of the way ${one}, line ${first.line}. ` +
          `Where it is to go, write above that: -- lint:allow ${CLAUSE_LOSS} and the reason.`,
      },
    );
  }
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
  const dialect = await session.dialect.withChanges();
  const expected = tablesOfSnapshot(before, dialect);
  const losses = findLosses({
    migration: dialect.migration,
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
