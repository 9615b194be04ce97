/** A database to describe statements on: in this process where that can be, else a scratch database beside a server's. */

import { inspect } from "../../../connect/inspect.ts";
import { Session } from "../../../connect/session.ts";
import {
  ConfigError,
  DbError,
  MigrationError,
  MissingPackageError,
  UnsupportedError,
} from "../../../core/error.ts";
import type { Describe } from "../../../dialect/server/description.ts";
import type { ScratchDatabase } from "../../../dialect/server/scratch.ts";
import { applyMigrations } from "../../../migrate/run/runner.ts";
import type { Database } from "../../../query/database.ts";
import type { Model } from "../../../schema/model.ts";
import { onScratch, refuseReaching } from "../../on-scratch.ts";
import type { Images } from "./image.ts";
import type { Target } from "./target.ts";

export interface Places {
  readonly images: Images;
  /** Of a server, where the target has none in this process. */
  readonly url: string | undefined;
  readonly createScratch: (url: string) => Promise<ScratchDatabase>;
  readonly connect: (url: string) => Promise<Database>;
}

/** A database with the tables of a target. */
export interface Described {
  readonly describe: Describe;
  readonly model: Model;
}

async function makeTables(db: Database, { migrations, tables }: Target): Promise<void> {
  if (migrations.length > 0) await applyMigrations(db, migrations);
  if (tables.length === 0) return;
  const session = await Session.open(db["~engine"]);
  try {
    for (const text of tables) await session.script(text);
  } catch (cause) {
    const words = "The schema can't be made in an empty database.";
    const hint = cause instanceof DbError ? cause.message : undefined;
    throw new MigrationError("E_MIGRATION_INVALID", words, { hint, cause });
  } finally {
    session.release();
  }
}

/** What the connection's own schema has, and those that the declarations name. */
async function readModel(session: Session, { schemas }: Target): Promise<Model> {
  const { model } = await inspect(session);
  if (schemas.length === 0) return model;
  const { model: others } = await inspect(session, { schemas });
  return {
    enums: [...model.enums, ...others.enums],
    tables: [...model.tables, ...others.tables],
    views: [...(model.views ?? []), ...(others.views ?? [])],
  };
}

async function work<Result>(
  db: Database,
  target: Target,
  onDescribed: (described: Described) => Promise<Result>,
): Promise<Result> {
  const session = await Session.open(db["~engine"]);
  try {
    const { connection, dialect } = session;
    if (dialect.describe === undefined) {
      throw new UnsupportedError({
        dialect: dialect.name,
        feature: "describing statements yet",
        instead: "Leave this database out of `check.databases` in plinth.config.ts.",
      });
    }
    const model = await readModel(session, target);
    const describe = await dialect.describe({
      model,
      connection: connection.behind ?? connection,
      ask: (text) => session.askRaw(text),
    });
    return await onDescribed({ describe, model });
  } finally {
    session.release();
  }
}

async function readImage(db: Database): Promise<Uint8Array | undefined> {
  const session = await Session.open(db["~engine"]);
  try {
    const { connection } = session;
    return await (connection.behind ?? connection).image?.();
  } finally {
    session.release();
  }
}

/** From its image where there is one, which takes a fifth of the time. */
async function openInProcess(target: Target, url: string, places: Places): Promise<Database> {
  const { connect, images } = places;
  const { dialect, family, hash } = target;
  const image = images.find(family, hash);
  const { fromImage } = dialect.migrations;
  if (image !== undefined && fromImage !== undefined) {
    try {
      return await connect(fromImage(url, image));
    } catch (error) {
      if (error instanceof MissingPackageError) throw error;
      // It is damaged, or of another version.
      images.drop(family, hash);
    }
  }
  const db = await connect(url);
  try {
    await makeTables(db, target);
    const made = fromImage === undefined ? undefined : await readImage(db);
    if (made !== undefined) images.keep(family, hash, made);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/**
 * Works on a database that has the target's tables.
 *
 * @throws {MissingPackageError} when what runs in this process isn't installed.
 * @throws {ConfigError} when a server is needed, and none is named.
 * @throws {MigrationError} for a migration that fails there.
 */
export async function onDescribed<Result>(
  target: Target,
  places: Places,
  onReady: (described: Described) => Promise<Result>,
): Promise<Result> {
  const { connect, createScratch, url } = places;
  const { dialect, family, migrations } = target;
  const texts = migrations.flatMap(({ up }) => up.sql ?? []);
  const inProcess = dialect.migrations.inProcess?.([...texts, ...target.tables]);
  if (inProcess !== undefined) {
    const db = await openInProcess(target, inProcess, places);
    try {
      return await work(db, target, onReady);
    } finally {
      await db.close();
    }
  }
  if (url === undefined) throw noServer(family);
  return onScratch({ connect, createScratch: () => createScratch(url) }, async (db, scratch) => {
    refuseReaching(migrations, scratch, dialect);
    await makeTables(db, target);
    return work(db, target, onReady);
  });
}

function noServer(family: string): ConfigError {
  return new ConfigError(`New and changed SQL needs a server of ${family} once.`, {
    hint: `Run: plinth check --url ${family}://user@host/database. A scratch database is made there, and dropped.`,
  });
}
