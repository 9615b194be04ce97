import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "plinth";
import { expect, test } from "vitest";
import { openDatabase } from "../src/main/database.ts";

test("the file is in WAL mode, and keeps foreign keys", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wizard-"));
  const db = await openDatabase(`sqlite:${join(folder, "database.sqlite")}`);
  try {
    const { rows: mode } = await db.execute(sql`pragma journal_mode`);
    const { rows: keys } = await db.execute(sql`pragma foreign_keys`);
    expect(mode).toEqual([{ journal_mode: "wal" }]);
    expect(Object.values(keys[0] as object).map(Number)).toEqual([1]);
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
});
