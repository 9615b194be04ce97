import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreateScratch } from "../../../dialect/server/scratch.ts";
import { takeFolder } from "./folder-lock.ts";
import { parseSettings } from "./settings.ts";

/** An empty one lives in memory, a copy in the system's folder for such. */
export const createPgliteScratch: CreateScratch = async ({ url, hasData }) => {
  const { folder } = parseSettings(url);
  const [, options] = /\?(.*)$/s.exec(url) ?? [];
  const suffix = options === undefined ? "" : `?${options}`;
  const scratch = { hasSchemas: true, namesOriginal: () => false };
  if (!hasData || folder === undefined || !existsSync(folder))
    return { ...scratch, url: `pglite:${suffix}`, drop: async () => {} };
  const own = mkdtempSync(join(tmpdir(), "plinth-scratch-"));
  const remove = (): void => rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  const copy = join(own, "copy");
  try {
    const free = takeFolder(folder, false);
    try {
      cpSync(folder, copy, { recursive: true });
    } finally {
      free();
    }
  } catch (error) {
    remove();
    throw error;
  }
  const path = encodeURI(copy).replaceAll("?", "%3F");
  return { ...scratch, url: `pglite:${path}${suffix}`, drop: async () => remove() };
};
