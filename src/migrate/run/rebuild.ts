/** Making tables anew where a database can't change them, so that neither rows nor references get lost. */

import type { Session } from "../../connect/session.ts";
import { MigrationError } from "../../core/error.ts";
import type { MigrationFacts } from "../../dialect/server/migration-facts.ts";
import { isPragma, tableStatement } from "../losses/table-statements.ts";

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

/** What a migration is watched by while it makes tables or views anew. */
export interface MigrationWatch {
  /** Before each statement: what hangs on a table, triggers above all, goes with it, and is remembered. */
  before(statement: string): Promise<void>;
  /**
   * Before COMMIT: makes again what went with a table that another one took the place of.
   *
   * @throws {MigrationError} when that can't be, a row points nowhere that didn't at the beginning, or a view can't be read
   * any more.
   */
  end(): Promise<void>;
}

interface Dependent {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

async function readDependents(session: Session, { dependents }: Rebuild): Promise<Dependent[]> {
  const rows = await session.askRaw(dependents);
  return rows.map((row) => ({
    name: String(row["name"]),
    table: String(row["table"]),
    sql: String(row["sql"]),
  }));
}

/** Those that the migration itself made again are left as they are. */
async function restore(
  session: Session,
  rebuild: Rebuild,
  remembered: ReadonlyMap<string, Dependent>,
  migration: string,
): Promise<void> {
  const there = new Set((await readDependents(session, rebuild)).map(({ name }) => name));
  const tables = new Set((await session.askRaw(rebuild.tables)).map((row) => String(row["name"])));
  for (const { name, table, sql } of remembered.values()) {
    if (there.has(name) || !tables.has(table)) continue;
    try {
      await session.script(sql);
    } catch (cause) {
      throw new MigrationError(
        "E_MIGRATION_FAILED",
        `Migration "${migration}" makes table "${table}" anew, on which "${name}" can't stand any more; it was rolled back.`,
        { hint: "Drop it before the change, and create it anew behind it.", cause },
      );
    }
  }
}

export async function watchRebuild(
  session: Session,
  rebuild: Rebuild,
  name: string,
): Promise<MigrationWatch> {
  const before = await countViolations(session, rebuild.violations);
  const remembered = new Map<string, Dependent>();
  const created = new Set<string>();
  /** Of the table that was dropped last, as long as nothing but a rename has come behind it. */
  let dropped: { readonly table: string; readonly dependents: readonly Dependent[] } | undefined;
  return {
    async before(text) {
      if (isPragma(text)) return;
      const { kind, names: [table, to] = [] } = tableStatement(text) ?? {};
      if (kind === "create") created.add(table!);
      // Another table that was there before takes only the name.
      if (kind === "rename" && to === dropped?.table && created.has(table!))
        for (const one of dropped!.dependents) remembered.set(one.name, one);
      dropped = undefined;
      if (kind !== "drop") return;
      const all = await readDependents(session, rebuild);
      dropped = {
        table: table!,
        dependents: all.filter((one) => one.table.toLowerCase() === table),
      };
    },
    async end() {
      await restore(session, rebuild, remembered, name);
      await refuseViolations(session, rebuild, name, before);
      await refuseBrokenViews(session, rebuild, name);
    },
  };
}

async function refuseViolations(
  session: Session,
  rebuild: Rebuild,
  name: string,
  before: ReadonlyMap<string, number>,
): Promise<void> {
  const after = await countViolations(session, rebuild.violations);
  for (const [pair, count] of after) {
    if (count <= (before.get(pair) ?? 0)) continue;
    throw new MigrationError(
      "E_MIGRATION_FAILED",
      `Migration "${name}" would leave ${count} rows that point nowhere (${pair}); it was rolled back.`,
      { hint: "Delete or mend those rows in the migration, before the change." },
    );
  }
}

async function refuseBrokenViews(session: Session, rebuild: Rebuild, name: string): Promise<void> {
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
}
