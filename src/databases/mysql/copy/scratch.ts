import { QueryError } from "../../../core/error.ts";
import { scratchName, withDatabase, type CreateScratch } from "../../../dialect/server/scratch.ts";
import { copyDatabase, namesDatabase } from "./copy-database.ts";
import { MAINTENANCE, runIn } from "../connection/maintenance.ts";
import { parseSettings } from "../connection/settings.ts";

function refused(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.code !== "E_PERMISSION") return error;
  return new QueryError("E_PERMISSION", "The user of the URL may make no databases.", {
    serverCode: error.serverCode,
    cause: error.cause,
    hint: "Grant it: grant all on `plinth\\_scratch\\_%`.* to NAME. A copy also needs to read all of the database.",
  });
}

export const createMysqlScratch: CreateScratch = async ({ url, module, password, hasData }) => {
  const settings = parseSettings(url, password);
  const original = settings.place.database ?? "";
  const name = scratchName();
  const drop = (): Promise<void> =>
    runIn(MAINTENANCE, settings, module, (connection) =>
      connection.script(`drop database if exists ${name}`),
    );
  try {
    await runIn(hasData ? original : MAINTENANCE, settings, module, async (connection) => {
      await connection.script(`create database ${name}`);
      try {
        if (hasData) await copyDatabase(connection, original, name);
      } catch (error) {
        // The first error is the one to tell.
        await drop().catch(() => {});
        throw error;
      }
    });
  } catch (error) {
    throw refused(error);
  }
  return {
    url: withDatabase(url, name),
    hasSchemas: false,
    namesOriginal: (text) => namesDatabase(text, original),
    drop,
  };
};
