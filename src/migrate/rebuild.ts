/** Making tables anew where a database can't change them, so that neither rows nor references get lost. */

import type { Session } from "../connect/session.ts";
import { MigrationError } from "../core/error.ts";
import type { MigrationFacts } from "../dialect/migration-facts.ts";

export type Rebuild = NonNullable<MigrationFacts["rebuild"]>;

/** How many rows of a table point nowhere, by the tables that they should point at. */
async function countViolations(session: Session, query: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const row of await session.askRaw(query)) {
    const key = `${String(row["table"])} → ${String(row["parent"])}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Runs what makes tables anew, in a transaction of its own, while foreign keys rest. */
export async function withRebuild<Result>(
  session: Session,
  rebuild: Rebuild,
  run: () => Promise<Result>,
): Promise<Result> {
  await session.script(rebuild.before);
  try {
    return await run();
  } finally {
    await session.script(rebuild.after);
  }
}

/**
 * @returns What throws before COMMIT when a row points nowhere that didn't at the beginning, or a view can't be read any
 * more.
 */
export async function createRebuildCheck(
  session: Session,
  rebuild: Rebuild,
  name: string,
): Promise<() => Promise<void>> {
  const before = await countViolations(session, rebuild.violations);
  return async () => {
    const after = await countViolations(session, rebuild.violations);
    for (const [pair, count] of after) {
      if (count <= (before.get(pair) ?? 0)) continue;
      throw new MigrationError(
        "E_MIGRATION_FAILED",
        `Migration "${name}" would leave ${count} rows that point nowhere (${pair}); it was rolled back.`,
        { hint: "Delete or mend those rows in the migration, before the change." },
      );
    }
    for (const row of await session.askRaw(rebuild.views)) {
      const view = String(row["name"]).replaceAll('"', '""');
      try {
        await session.askRaw(`select 1 from "${view}" limit 0`);
      } catch (cause) {
        throw new MigrationError(
          "E_MIGRATION_FAILED",
          `Migration "${name}" would leave the view "${String(row["name"])}" unreadable; it was rolled back.`,
          { hint: "Drop the view before the change and create it anew behind it.", cause },
        );
      }
    }
  };
}
