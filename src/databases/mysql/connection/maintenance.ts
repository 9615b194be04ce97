/** What is done to a database from another one of its server. */

import { QueryError } from "../../../core/error.ts";
import { variantOf } from "../capabilities.ts";
import { toDbError } from "../errors.ts";
import type { MariadbConnection } from "./connection.ts";
import { createDriver } from "./driver-mariadb.ts";
import type { MysqlSettings } from "./settings.ts";

/** One that every server has, and that everybody may read. */
export const MAINTENANCE = "information_schema";

/** Runs `work` on a connection of its own to a database of the server. */
export async function runIn(
  database: string,
  settings: MysqlSettings,
  module: unknown,
  work: (connection: MariadbConnection) => Promise<void>,
): Promise<void> {
  const place = { ...settings.place, database };
  const { connection, server } = await (
    await createDriver({ ...settings, place }, module)
  ).openFirst();
  try {
    await work(connection);
  } catch (error) {
    throw toDbError(error, variantOf(server));
  } finally {
    await connection.close();
  }
}

/** Has the server make the database of the settings. */
export async function makeDatabase(settings: MysqlSettings, module: unknown): Promise<void> {
  const name = (settings.place.database ?? "").replaceAll("`", "``");
  try {
    await runIn(MAINTENANCE, settings, module, (connection) =>
      connection.script(`create database \`${name}\``),
    );
  } catch (error) {
    if (!(error instanceof QueryError) || error.serverCode !== "1007") throw error;
  }
}
