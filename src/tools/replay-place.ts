/** Where migrations are replayed: in this process where that can be, else beside the database of a URL. */

import { noDatabaseError } from "../connect/environment.ts";
import { MissingPackageError, UnsupportedError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { ScratchDatabase } from "../dialect/server/scratch.ts";
import type { Database } from "../query/database.ts";
import type { Model } from "../schema/model.ts";
import { replay, type ReplayOptions } from "./replay.ts";

export interface PlacedReplayOptions extends Pick<ReplayOptions, "declared" | "migrations"> {
  /** Of the migrations' SQL. */
  readonly dialect: Dialect;
  /** The project's database, where it names one: beside it there is a scratch database when nothing in this process will do. */
  readonly url: string | undefined;
  /** Whether it must be there. */
  readonly isUrlAsked: boolean;
  readonly createScratch: (url: string) => Promise<ScratchDatabase>;
  readonly connect: (url: string) => Promise<Database>;
}

export interface PlacedReplay {
  readonly model: Model;
  /** Such as `pglite 18.6, in this process`. */
  readonly place: string;
  /** Why it was not in this process, where it could have been. */
  readonly obstacle: string | undefined;
}

/** What is said about a database that is gone when its replay has ended. */
function placeOf(db: Database): string {
  const { product, version } = db.server;
  const where = db.can.isEmbedded ? "in this process" : "in a scratch database";
  return `${product} ${version[0]}.${version[1]}, ${where}`;
}

/** What is missing in this process, and a server may have. */
function obstacleOf(error: unknown): string | undefined {
  const isMissing = error instanceof MissingPackageError || error instanceof UnsupportedError;
  return isMissing ? error.message : undefined;
}

function withoutServer(error: unknown): unknown {
  return error instanceof MissingPackageError
    ? new MissingPackageError(
        error.packageName,
        "Without the --url of a server, trying migrations",
        error.cause,
      )
    : error;
}

/**
 * Applies migrations to an empty database and reads what they made.
 *
 * @throws {MissingPackageError} when there is nothing in this process to apply them to, and no URL either.
 * @throws {MigrationError} for a migration that fails there.
 */
export async function replayInPlace(options: PlacedReplayOptions): Promise<PlacedReplay> {
  const { connect, createScratch, declared, dialect, isUrlAsked, migrations, url } = options;
  const replayAt = async (at: string): Promise<Omit<PlacedReplay, "obstacle">> => {
    let place = "";
    const model = await replay({
      migrations,
      declared,
      createScratch: () => createScratch(at),
      connect: async (scratch) => {
        const db = await connect(scratch);
        place = placeOf(db);
        return db;
      },
    });
    return { model, place };
  };
  const texts = migrations.flatMap(({ up }) => up.sql ?? []);
  const inProcess = isUrlAsked ? undefined : dialect.migrations.inProcess?.(texts);
  let obstacle: string | undefined;
  if (inProcess !== undefined) {
    try {
      return { ...(await replayAt(inProcess)), obstacle };
    } catch (error) {
      obstacle = obstacleOf(error);
      if (obstacle === undefined) throw error;
      if (url === undefined) throw withoutServer(error);
    }
  }
  if (url === undefined) throw noDatabaseError();
  return { ...(await replayAt(url)), obstacle };
}
