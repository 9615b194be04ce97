/** PostgreSQL in this process, for tools and for programs that need no server yet. */

import type { OpenDatabase } from "../../../dialect/dialect.ts";
import { scriptQuestion } from "../connection/question.ts";
import { readServer, SERVER, sessionText } from "../connection/session.ts";
import { postgresDialect } from "../dialect.ts";
import { PgliteConnection } from "./connection.ts";
import { startPglite } from "./driver-pglite.ts";
import { takeFolder } from "./folder-lock.ts";
import { lockOpener } from "./process-locks.ts";
import { parseSettings } from "./settings.ts";

export const openPglite: OpenDatabase = async ({ url, module, createDatabase }) => {
  const settings = parseSettings(url);
  const { folder, pool } = settings;
  const free = folder === undefined ? () => {} : takeFolder(folder, createDatabase);
  try {
    const connection = new PgliteConnection(await startPglite(settings, module), free);
    connection.script(sessionText());
    const { found } = connection.ask({ ...scriptQuestion(SERVER), isScript: false });
    const { server, folding } = readServer("pglite", found[0]);
    return {
      dialect: postgresDialect(server, folding),
      driver: {
        canReadBeside: false,
        open: () => {
          throw new TypeError("PGlite has one session.");
        },
        openLock: lockOpener(),
      },
      first: connection,
      settings: pool,
      setUp: undefined,
    };
  } catch (error) {
    free();
    throw error;
  }
};
