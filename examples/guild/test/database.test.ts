import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, sql, type Database } from "plinth";
import { migrate } from "plinth/migrate";
import { describe, expect, test, vi } from "vitest";
import { migrations, openDatabase, type Db } from "../src/database.ts";
import {
  createUser,
  findUserByUsername,
  findUserMfaSecret,
  updateUserMfaSecret,
} from "../src/queries/users.ts";
import { schema } from "../src/schema/schema.ts";
import { everywhere, urls } from "./databases.ts";

everywhere("the migrations make all thirteen tables and the outbox's, once", [], async ({ db }) => {
  expect(Object.keys(schema.tables)).toHaveLength(13 + 2);
  for (const table of Object.values(schema.tables)) expect(await db.from(table).count()).toBe(0);
  expect(await migrate(db as Database, { folder: migrations })).toEqual([]);
});

describe("migrations", () => {
  const files = Object.values(migrations).flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".sql"))
      .map((name) => readFileSync(new URL(`${folder.href}/${name}`), "utf8")),
  );

  test("only go forward", () => {
    for (const folder of Object.values(migrations))
      for (const name of readdirSync(folder))
        expect(name).toMatch(/^\d{3}_\w+\.(?:snapshot\.json|sql)$/);
    for (const text of files) expect(text).not.toMatch(/\bdrop\b/i);
  });

  test("make tables and indexes only where there are none", () => {
    for (const text of files) {
      expect(text).not.toMatch(/create table (?!if not exists)/);
      if (!text.startsWith("-- plinth: for m"))
        expect(text).not.toMatch(/create (?:unique )?index (?!if not exists)/);
    }
  });
});

interface TableSnapshot {
  readonly name: string;
  readonly foreignKeys: readonly { readonly columns: readonly string[] }[];
  readonly indexes: readonly { readonly columns: readonly string[] }[];
  readonly uniques: readonly { readonly columns: readonly string[] }[];
  readonly primaryKey: { readonly columns: readonly string[] };
}

test("every foreign key has an index that begins with its columns", () => {
  const file = new URL(`${migrations.sqlite.href}/001_initial_schema.snapshot.json`);
  const { tables } = JSON.parse(readFileSync(file, "utf8")) as { tables: TableSnapshot[] };
  expect(tables).toHaveLength(13);
  for (const { name, foreignKeys, indexes, primaryKey, uniques } of tables) {
    const known = [primaryKey, ...uniques, ...indexes].map(({ columns }) => `${columns.join()},`);
    for (const { columns } of foreignKeys)
      expect(
        known.some((key) => key.startsWith(`${columns.join()},`)),
        `${name}: ${columns.join()}`,
      ).toBe(true);
  }
});

everywhere("what the first migration makes may be there already", [], async ({ db }) => {
  const { product } = db.server;
  // PostgreSQL has no such words for types and foreign keys; there the history alone sees to it.
  if (product !== "sqlite" && product !== "mariadb") return;
  const file = new URL(`${migrations[product].href}/001_initial_schema.sql`);
  for (const statement of readFileSync(file, "utf8").split(/;\s*\n/))
    if (statement.trim() !== "") await db.execute(sql`${sql.raw(statement)}`);
});

test("several servers may start at once, on a file that is not there yet", async () => {
  const folder = await mkdtemp(join(tmpdir(), "guild-"));
  try {
    const url = `sqlite:${join(folder, "guild.sqlite")}`;
    const opened = await Promise.all([url, url, url].map((place) => openDatabase(place)));
    for (const db of opened) {
      expect(await findUserByUsername(db, "ada")).toBeUndefined();
      await db.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("without a key all works but what is encrypted", async () => {
  const db = await openDatabase("sqlite::memory:");
  try {
    const { id } = await createUser(db, { username: "ada" });
    expect(await findUserByUsername(db, "ada")).toMatchObject({ id });
    await expect(updateUserMfaSecret(db, id, "secret")).rejects.toMatchObject({
      code: "E_ENCRYPTION",
    });
  } finally {
    await db.close();
  }
});

test("GUILD_KEYS names the keys, the first of which encrypts", async () => {
  const [old, next] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64"));
  const folder = await mkdtemp(join(tmpdir(), "guild-"));
  const url = `sqlite:${join(folder, "guild.sqlite")}`;
  const withKeys = async (keys: string, work: (db: Db) => Promise<unknown>): Promise<void> => {
    vi.stubEnv("GUILD_KEYS", keys);
    const db = await openDatabase(url);
    try {
      await work(db);
    } finally {
      await db.close();
    }
  };
  try {
    let id = "";
    await withKeys(`2025=${old}`, async (db) => {
      ({ id } = await createUser(db, { username: "ada" }));
      await updateUserMfaSecret(db, id, "secret");
    });
    await withKeys(`2026=${next} 2025=${old}`, async (db) => {
      expect(await findUserMfaSecret(db, id)).toBe("secret");
      await updateUserMfaSecret(db, id, "another");
    });
    await withKeys(`2025=${old}`, (db) =>
      expect(findUserMfaSecret(db, id)).rejects.toMatchObject({ code: "E_ENCRYPTION" }),
    );
    vi.stubEnv("GUILD_KEYS", "2026=too-short");
    await expect(openDatabase(url)).rejects.toMatchObject({ code: expect.stringMatching(/^E_/) });
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  }
});

test("the URL and the keys may stand in .env", async () => {
  const folder = await mkdtemp(join(tmpdir(), "guild-"));
  const before = process.cwd();
  const { DATABASE_URL: url, GUILD_KEYS: keys } = process.env;
  try {
    delete process.env["DATABASE_URL"];
    delete process.env["GUILD_KEYS"];
    const key = Buffer.alloc(32, 3).toString("base64");
    const lines = ["DATABASE_URL=sqlite:other.sqlite", `GUILD_KEYS="2026=${key}"`];
    await writeFile(join(folder, ".env"), lines.join("\n"));
    process.chdir(folder);
    const db = await openDatabase();
    const { id } = await createUser(db, { username: "ada" });
    expect(await updateUserMfaSecret(db, id, "secret")).toBe(true);
    await db.close();
    expect(readdirSync(folder)).toContain("other.sqlite");
  } finally {
    process.chdir(before);
    for (const [name, value] of Object.entries({ DATABASE_URL: url, GUILD_KEYS: keys }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await rm(folder, { recursive: true, force: true });
  }
});

const settings = /\?(max_connections=20\S+)/.exec(
  readFileSync(new URL("../.env.example", import.meta.url), "utf8"),
)?.[1];

for (const [product, url] of Object.entries(urls)) {
  if (url === undefined || product === "SQLite") continue;
  test(`${product}: the pool is as large as the URL says`, async () => {
    const db = await connect(`${url}?${settings}`);
    try {
      let most = 0;
      const works = Array.from({ length: 30 }, () =>
        db.transaction(async (tx) => {
          await tx.execute(sql`select 1`);
          most = Math.max(most, db.stats().leased);
        }),
      );
      await Promise.all(works);
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(20);
      expect(db.stats().waiting).toBe(0);
    } finally {
      await db.close();
    }
  });
}
