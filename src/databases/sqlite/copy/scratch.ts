import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreateScratch } from "../../../dialect/server/scratch.ts";
import { SqliteConnection, type SqliteSettings } from "../connection/driver-node.ts";
import { toDbError } from "../errors.ts";
import { MEMORY, parseSettings } from "../connection/settings.ts";

const empty = {
  url: `sqlite:${MEMORY}`,
  hasSchemas: false,
  namesOriginal: () => false,
  drop: async () => {},
};

/** An empty one lives in memory, a copy in a file of the system's folder for such. */
export const createSqliteScratch: CreateScratch = async ({ url, hasData }) => {
  const { settings } = parseSettings(url);
  const isThere = settings.file !== MEMORY && existsSync(settings.file);
  if (!hasData || !isThere) return empty;
  const folder = mkdtempSync(join(tmpdir(), "plinth-scratch-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const copy = join(folder, "copy.db");
  try {
    copyInto(settings, copy);
  } catch (error) {
    remove();
    throw toDbError(error);
  }
  return {
    // What is dropped soon needn't survive a power cut.
    url: `sqlite:${encodeURI(copy).replaceAll("?", "%3F")}?durability=normal`,
    hasSchemas: false,
    namesOriginal: () => false,
    drop: async () => remove(),
  };
};

/** It is one reading transaction, in which others may write. */
function copyInto(settings: SqliteSettings, file: string): void {
  const connection = new SqliteConnection(settings, true);
  try {
    connection.script(`vacuum into '${file.replaceAll("'", "''")}'`);
  } finally {
    connection.close();
  }
}
