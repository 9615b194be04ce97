import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "plinth";
import { expect, test } from "vitest";
import config from "../plinth.config.ts";
import { openDatabase, removeTables } from "../src/database.ts";
import { schema } from "../src/schema/schema.ts";
import { everywhere } from "./databases.ts";

everywhere("the migrations make all eleven tables, and take them back", async ({ db }) => {
  expect(Object.keys(schema.tables)).toHaveLength(11);
  for (const table of Object.values(schema.tables)) expect(await db.from(table).count()).toBe(0);
  await removeTables(db);
  await expect(db.from(schema.tables.users)).rejects.toMatchObject({ code: "E_MISSING_TABLE" });
});

everywhere("the database refuses what no declaration allows", async ({ db }) => {
  await expect(
    db.insert(schema.tables.systems).values({ userId: 9_999, name: "Nobody's" }),
  ).rejects.toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
  await db.insert(schema.tables.users).values({ username: "ada", passwordHash: "none" });
  const status = "lost";
  await expect(
    db.execute(sql`insert into system_requests (user_id, status) values (1, ${status})`),
  ).rejects.toMatchObject({ code: "E_CHECK_VIOLATION" });
});

test("several processes may start at once, on a file that is not there yet", async () => {
  const folder = mkdtempSync(join(tmpdir(), "didhub-"));
  try {
    const url = `sqlite:${join(folder, "data", "didhub.sqlite")}`;
    const databases = await Promise.all([url, url, url].map((place) => openDatabase(place)));
    for (const db of databases) {
      expect(await db.from(schema.tables.users).count()).toBe(0);
      await db.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("config.example.json says what plinth.config.ts says", () => {
  const example = readFileSync(new URL("../config.example.json", import.meta.url), "utf8");
  expect(JSON.parse(example)).toEqual(config);
});
