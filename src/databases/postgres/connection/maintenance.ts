/** What is done to a database from another one of its server. */

import { ConnectionError, QueryError } from "../../../core/error.ts";
import { toDbError } from "../errors.ts";
import type { PgConnection } from "./connection.ts";
import { createDriver } from "./driver-pg.ts";
import type { PostgresSettings } from "./settings.ts";

/** Databases that servers have for such work. */
const MAINTENANCE = ["postgres", "template1"];

type AsMaintainer = <Result>(
  work: (connection: PgConnection) => Promise<Result>,
) => Promise<Result>;

/** A copy needs that nobody is connected to the original, Plinth neither; so all is done from another database. */
export function maintainer(
  settings: PostgresSettings,
  module: unknown,
  original: string,
): AsMaintainer {
  const open = async (names: readonly string[]): Promise<PgConnection> => {
    const [database, ...others] = names;
    const place = { ...settings.place, database };
    try {
      return (await (await createDriver({ ...settings, place }, module)).openFirst()).connection;
    } catch (error) {
      const isAbsent = error instanceof ConnectionError && error.code === "E_MISSING_DATABASE";
      if (!isAbsent || others.length === 0) throw error;
      return open(others);
    }
  };
  return async (work) => {
    const connection = await open(MAINTENANCE.filter((name) => name !== original));
    try {
      return await work(connection);
    } catch (error) {
      throw toDbError(error);
    } finally {
      await connection.close();
    }
  };
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The server takes the user's name for a database that isn't named. */
export function databaseOf({ place }: PostgresSettings): string | undefined {
  return place.database ?? place.user;
}

/** Has the server make the database of the settings. */
export async function makeDatabase(settings: PostgresSettings, module: unknown): Promise<void> {
  const name = databaseOf(settings);
  if (name === undefined) return;
  try {
    await maintainer(
      settings,
      module,
      name,
    )(async (connection) => connection.script(`create database ${quoted(name)}`));
  } catch (error) {
    if (!(error instanceof QueryError) || error.serverCode !== "42P04") throw error;
  }
}
