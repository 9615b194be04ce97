/** What a migration that was just written would take from the database of the project, where that is at hand. */

import { schemeOf } from "../connect/environment.ts";
import { ConnectionError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { dialectOf } from "../entry/main.ts";
import { familyOf } from "../migrate/diff/plan.ts";
import { lossMessage } from "../migrate/lint/lint.ts";
import { RULES } from "../migrate/lint/catalogue.ts";
import { LOSS } from "../migrate/losses/find-losses.ts";
import type { Migration } from "../migrate/migration.ts";
import { findMigrationLosses, readTableTexts } from "../migrate/run/refuse-losses.ts";
import { readPending } from "../migrate/run/runner.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import { withSession } from "../connect/with-session.ts";
import { connectProject, placedUrlIfAny, type CommonOptions, type Project } from "./context.ts";
import type { Finding } from "../migrate/lint/lint.ts";

type Written = Migration<Transaction>;

async function readLosses(
  db: Database,
  migrations: readonly Written[],
  written: Written,
): Promise<Finding[]> {
  const pending = await readPending(db, migrations);
  // Before the others have run, its tables are not what it will find.
  if (pending.length !== 1 || pending[0] !== written) return [];
  return withSession(db, async (session) => {
    const tables = await readTableTexts(session);
    const found = tables && (await findMigrationLosses({ session }, written, "up", tables));
    return (found ?? []).flatMap(({ losses, way }) =>
      losses.map(({ line, parts, table }): Finding => ({
        migration: way === "up" ? written.name : `${written.name}, ${way}`,
        id: LOSS,
        line,
        message: lossMessage(table, parts),
        safe: RULES[LOSS].safe,
      })),
    );
  });
}

/** Only an embedded database is looked at: `generate` needs no server. */
export async function lossesAtHand(
  { options, project }: { readonly options: CommonOptions; readonly project: Project },
  dialect: Dialect,
  migrations: readonly Written[],
  name: string,
): Promise<Finding[]> {
  const written = migrations.find((one) => one.name === name);
  const url = placedUrlIfAny(options, project);
  const isOwn = async (): Promise<boolean> =>
    url !== undefined && familyOf(await dialectOf(schemeOf(url))) === familyOf(dialect);
  if (written === undefined || !dialect.can.isEmbedded || !(await isOwn())) return [];
  let db: Database;
  try {
    db = await connectProject(options, project, url, { isThere: true });
  } catch (error) {
    if (error instanceof ConnectionError) return [];
    throw error;
  }
  try {
    return await readLosses(db, migrations, written);
  } finally {
    await db.close();
  }
}
