/** What migrations make, read from a scratch database that they are applied to. */

import { inspect } from "../connect/inspect.ts";
import { Session } from "../connect/session.ts";
import { withSession } from "../connect/with-session.ts";
import { MigrationError, UnsupportedError } from "../core/error.ts";
import type { QueryDialect } from "../dialect/dialect.ts";
import { adopt } from "../migrate/adopt.ts";
import { renderTables } from "../migrate/render-tables.ts";
import type { Migration } from "../migrate/migration.ts";
import { applyMigrations } from "../migrate/run/runner.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import type { Model } from "../schema/model.ts";
import type { Names } from "../schema/naming.ts";
import { onScratch, refuseReaching, type ScratchOptions } from "./on-scratch.ts";

export interface ReplayOptions extends ScratchOptions {
  /** In their order. */
  readonly migrations: readonly Migration<Transaction>[];
  /** What is meant by what the server tells in words of its own, where both are the same to it. */
  readonly declared: (dialect: QueryDialect, names: Names) => Model;
}

function schemasOf({ enums, tables, views = [] }: Model): string[] {
  return [...new Set([...enums, ...tables, ...views].flatMap(({ schema }) => schema ?? []))];
}

function read(db: Database, schemas: readonly string[]): Promise<Model> {
  return withSession(db, async (session) => {
    const { model } = await inspect(session);
    if (schemas.length === 0) return model;
    const { model: others } = await inspect(session, { schemas });
    return {
      enums: [...model.enums, ...others.enums],
      tables: [...model.tables, ...others.tables],
      views: [...(model.views ?? []), ...(others.views ?? [])],
    };
  });
}

async function make(db: Database, declared: Model): Promise<void> {
  const dialect = await db["~engine"].dialect.withChanges();
  const session = await Session.open(db["~engine"]);
  try {
    for (const text of renderTables(declared, dialect)) await session.script(text);
  } catch (cause) {
    throw new MigrationError(
      "E_MIGRATION_INVALID",
      "The schema can't be made in an empty database.",
      {
        hint: "The cause tells why.",
        cause,
      },
    );
  } finally {
    session.release();
  }
}

/**
 * Applies migrations to a scratch database and reads what they made. A second one is made of the declarations, as the same
 * server says of both in the same words what is the same.
 */
export async function replay(options: ReplayOptions): Promise<Model> {
  const { migrations, declared } = options;
  const found = await onScratch(options, async (db, scratch) => {
    const { dialect, names } = db["~engine"];
    const model = declared(dialect, names);
    const schemas = schemasOf(model);
    if (schemas.length > 0 && !scratch.hasSchemas) {
      throw new UnsupportedError({
        dialect: dialect.name,
        feature: `trying migrations of tables in other databases (${schemas.join(", ")})`,
        instead:
          "Write such migrations with `plinth migrate generate`, which keeps their snapshot.",
      });
    }
    refuseReaching(migrations, scratch, dialect);
    await applyMigrations(db, migrations);
    return { live: await read(db, schemas), model, schemas };
  });
  const made = await onScratch(options, async (db) => {
    await make(db, found.model);
    return read(db, found.schemas);
  });
  return adopt(found.live, made, found.model);
}
