// What other tools remember of their migrations, in the tables that they make on each database, taken over.
import { hash } from "node:crypto";
import { defineSchema, integer, table, varchar, type Database } from "plinth";
import { expect, test } from "vitest";
import { findDrift } from "../../src/migrate/drift/find-drift.ts";
import { registered } from "../../src/migrate/migration.ts";
import { baselineMigrations, readPeerHistories } from "../../src/migrate/run/baseline.ts";
import { applyMigrations, readStatus } from "../../src/migrate/run/runner.ts";
import { onDatabase, read, script } from "../inspect/kit.ts";
import { testServers, type TestServer } from "../servers/databases.ts";

type Product = "mariadb" | "postgres" | "sqlite";

function productOf({ name }: TestServer): Product {
  return name === "mariadb" ? "mariadb" : name.startsWith("postgres") ? "postgres" : "sqlite";
}

const FIRST = "create table users (id integer primary key, name varchar(20))";
const SECOND = "alter table users add column age integer";
const sha256 = (text: string): string => hash("sha256", text);
const sha384 = (text: string): string => hash("sha384", text);

/** How a tool makes its table, and the rows of two migrations that it has applied. */
interface Tool {
  readonly names: readonly [string, string];
  readonly table: Readonly<Record<Product, string>>;
  readonly rows: (product: Product) => readonly string[];
  /** A row of one that is broken off. */
  readonly failed?: (product: Product) => string;
  readonly remedy?: RegExp;
}

const bytes = (product: Product, hex: string): string =>
  product === "postgres" ? String.raw`'\x${hex}'` : `x'${hex}'`;

const TOOLS: Readonly<Record<string, Tool>> = {
  "Drizzle 0.45": {
    names: ["0000_first", "0001_second"],
    table: {
      sqlite:
        "create table __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)",
      postgres:
        "create schema drizzle; create table drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)",
      mariadb:
        "create table __drizzle_migrations (id serial primary key, hash text not null, created_at bigint)",
    },
    rows: (product) =>
      [FIRST, SECOND].map(
        (text, at) =>
          `insert into ${product === "postgres" ? "drizzle." : ""}__drizzle_migrations (hash, created_at) values ('${sha256(text)}', ${1734221536864 + at})`,
      ),
  },
  "Drizzle 1.0": {
    names: ["20241215001216_first", "20241216001216_second"],
    table: {
      sqlite:
        "create table __drizzle_migrations (id INTEGER PRIMARY KEY, hash text NOT NULL, created_at numeric, name text, applied_at TEXT, version INT)",
      postgres:
        'create schema drizzle; create table drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint, "name" text, "applied_at" timestamp with time zone DEFAULT now(), "version" integer)',
      mariadb:
        "create table __drizzle_migrations (id serial primary key, hash text not null, created_at bigint, name text, applied_at timestamp default current_timestamp, version int)",
    },
    rows: (product) =>
      ["20241215001216_first", "20241216001216_second"].map(
        (name, at) =>
          `insert into ${product === "postgres" ? "drizzle." : ""}__drizzle_migrations (hash, created_at, name, version) values ('${sha256([FIRST, SECOND][at]!)}', ${1734221536000 + at}, '${name}', 1)`,
      ),
  },
  Prisma: {
    names: ["20240101000000_first", "20240102000000_second"],
    table: {
      sqlite: `create table "_prisma_migrations" ("id" TEXT PRIMARY KEY NOT NULL, "checksum" TEXT NOT NULL, "finished_at" DATETIME,
        "migration_name" TEXT NOT NULL, "logs" TEXT, "rolled_back_at" DATETIME,
        "started_at" DATETIME NOT NULL DEFAULT current_timestamp, "applied_steps_count" INTEGER UNSIGNED NOT NULL DEFAULT 0)`,
      postgres: `create table _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
        migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
        started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`,
      mariadb: `create table _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at DATETIME(3),
        migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at DATETIME(3),
        started_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0)
        DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
    },
    rows: (product) => [
      // One that failed first, was rolled back, and applied then.
      `insert into _prisma_migrations (id, checksum, migration_name, rolled_back_at) values ('0', 'other', '20240102000000_second', ${product === "sqlite" ? "1704067200000" : "'2024-01-01 00:00:00'"})`,
      ...["20240101000000_first", "20240102000000_second"].map(
        (name, at) =>
          `insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ('${at + 1}', '${sha256([FIRST, SECOND][at]!)}', '${name}', ${product === "sqlite" ? "1704067200000" : "'2024-01-01 00:00:00'"}, 1)`,
      ),
    ],
    failed: () =>
      "insert into _prisma_migrations (id, checksum, migration_name, logs) values ('9', 'x', '20240103000000_third', 'Error')",
    remedy: /prisma migrate resolve --applied 20240103000000_third/,
  },
  sqlx: {
    names: ["0001_create_users", "0002_add_age"],
    table: {
      sqlite:
        "create table _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
      postgres:
        "create table _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)",
      mariadb:
        "create table _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)",
    },
    rows: (product) =>
      ["create users", "add age"].map(
        (description, at) =>
          `insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (${at + 1}, '${description}', true, ${bytes(product, sha384([FIRST, SECOND][at]!))}, 1)`,
      ),
    failed: (product) =>
      `insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (3, 'third', false, ${bytes(product, "00")}, -1)`,
    remedy: /set success to true in _sqlx_migrations for version 3/,
  },
  SeaORM: {
    names: ["m20220101_000001_create_users", "m20220102_000001_add_age"],
    table: {
      sqlite:
        'create table "seaql_migrations" ("version" varchar NOT NULL PRIMARY KEY, "applied_at" bigint NOT NULL)',
      postgres:
        'create table "seaql_migrations" ("version" varchar NOT NULL PRIMARY KEY, "applied_at" bigint NOT NULL)',
      mariadb:
        "create table `seaql_migrations` (`version` varchar(255) NOT NULL PRIMARY KEY, `applied_at` bigint NOT NULL)",
    },
    rows: () =>
      ["m20220101_000001_create_users", "m20220102_000001_add_age"].map(
        (name) => `insert into seaql_migrations values ('${name}', 1704067200)`,
      ),
  },
  Kysely: {
    names: ["2024-01-01-first", "2024-01-02-second"],
    table: {
      sqlite:
        'create table "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null); create table "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null); insert into kysely_migration_lock values (\'migration_lock\', 0)',
      postgres:
        'create table "kysely_migration" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null); create table "kysely_migration_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null); insert into kysely_migration_lock values (\'migration_lock\', 0)',
      mariadb:
        "create table `kysely_migration` (`name` varchar(255) not null primary key, `timestamp` varchar(255) not null); create table `kysely_migration_lock` (`id` varchar(255) not null primary key, `is_locked` integer default 0 not null); insert into kysely_migration_lock values ('migration_lock', 0)",
    },
    rows: () =>
      ["2024-01-01-first", "2024-01-02-second"].map(
        (name) => `insert into kysely_migration values ('${name}', '2024-01-01T00:00:00.000Z')`,
      ),
    failed: () => "update kysely_migration_lock set is_locked = 1",
    remedy: /update kysely_migration_lock set is_locked = 0/,
  },
  TypeORM: {
    names: ["1700000000001-CreateUsers", "1700000000002-AddAge"],
    table: {
      sqlite:
        'create table "migrations" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL); create table "typeorm_metadata" ("type" varchar NOT NULL, "database" varchar, "schema" varchar, "table" varchar, "name" varchar, "value" text)',
      postgres:
        'create table "migrations" ("id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL, CONSTRAINT "PK_8c82d7f526340ab734260ea46be" PRIMARY KEY ("id"))',
      mariadb:
        "create table `migrations` (`id` int NOT NULL AUTO_INCREMENT, `timestamp` bigint NOT NULL, `name` varchar(255) NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB",
    },
    rows: () =>
      ["CreateUsers", "AddAge"].map(
        (name, at) =>
          `insert into migrations (timestamp, name) values (${1700000000001 + at}, '${name}${1700000000001 + at}')`,
      ),
  },
};

const users = table("users", {
  id: integer().primaryKey(),
  name: varchar({ length: 20 }),
  age: integer(),
});

async function historyOf(db: Database): Promise<readonly unknown[]> {
  return (await readPeerHistories(db)).map(({ table: place, ...history }) => ({
    ...history,
    hasPlace: place.length > 0,
  }));
}

for (const server of testServers()) {
  const product = productOf(server);

  test.for(Object.entries(TOOLS))(
    `takes over what %s has applied on ${server.name}`,
    async ([title, tool]) => {
      await onDatabase(server, async (db) => {
        const name = title.split(" ")[0]!;
        for (const text of [
          FIRST,
          SECOND,
          ...tool.table[product].split(";"),
          ...tool.rows(product),
        ])
          await script(db, text);
        const [first, second] = tool.names;
        const files = registered([
          { name: first, up: FIRST },
          { name: second, up: SECOND },
          { name: "99990101000000_later", up: "create table later (id integer primary key)" },
        ] as const);
        expect(await historyOf(db)).toMatchObject([
          { tool: name, entries: [{ state: "applied" }, { state: "applied" }] },
        ]);

        // Its tables are none of a schema's, and no command proposes to drop them.
        const { model, others } = await read(
          db,
          product === "postgres" ? { schemas: ["", "drizzle"] } : {},
        );
        expect(model.tables.map((found) => found.name)).toEqual(["users"]);
        expect(
          new Set(
            others.flatMap(({ detail = "" }) => /^where (\S+) keeps/.exec(detail)?.[1] ?? []),
          ),
        ).toEqual(new Set([name]));
        const drift = await onDatabase(server, (scratch) =>
          findDrift(db, scratch, defineSchema({ users })),
        );
        expect(drift.undeclared).toEqual([]);

        const edited = files.map((file) =>
          file.name === second ? { ...file, up: { ...file.up, sql: `${SECOND} -- more` } } : file,
        );
        if (name === "Prisma" || name === "sqlx" || title === "Drizzle 1.0")
          await expect(baselineMigrations(db, edited)).rejects.toMatchObject({
            code: "E_MIGRATION_EDITED",
          });
        await expect(
          baselineMigrations(
            db,
            files.filter((file) => file.name !== first),
          ),
        ).rejects.toMatchObject({
          code: "E_MIGRATION_MISSING",
        });
        const before = await historyOf(db);
        expect(await baselineMigrations(db, files)).toMatchObject({
          names: [first, second],
          left: ["99990101000000_later"],
        });
        expect(await historyOf(db)).toEqual(before);
        await applyMigrations(db, files);
        expect((await readStatus(db, files)).map(({ state }) => state)).toEqual([
          "applied",
          "applied",
          "applied",
        ]);
      });
    },
  );

  test(`tells of what another tool left unfinished on ${server.name}, with its remedy`, async () => {
    for (const tool of Object.values(TOOLS)) {
      const { failed, remedy } = tool;
      if (failed === undefined) continue;
      await onDatabase(server, async (db) => {
        for (const text of [
          ...tool.table[product].split(";"),
          ...tool.rows(product),
          failed(product),
        ])
          await script(db, text);
        const files = registered([{ name: "001_all", up: FIRST }]);
        await expect(baselineMigrations(db, files)).rejects.toMatchObject({
          code: "E_MIGRATION_DIRTY",
          hint: expect.stringMatching(remedy!) as string,
        });
        expect(await readStatus(db, files)).toMatchObject([{ state: "pending" }]);
      });
    }
  });

  test(`a folder that was begun anew is beside the other's history on ${server.name}, and --to goes before it`, async () => {
    await onDatabase(server, async (db) => {
      const { rows, table: made } = TOOLS["Prisma"]!;
      for (const text of [FIRST, SECOND, made[product], ...rows(product)]) await script(db, text);
      const anew = registered([{ name: "20260101000000_init", up: `${FIRST};` }]);
      expect(await baselineMigrations(db, anew)).toMatchObject({
        names: ["20260101000000_init"],
        left: [],
      });
    });
    await onDatabase(server, async (db) => {
      const { names, rows, table: made } = TOOLS["Prisma"]!;
      for (const text of [FIRST, SECOND, made[product], ...rows(product)]) await script(db, text);
      const edited = registered([
        { name: names[0], up: "select 1" },
        { name: names[1], up: "select 2" },
      ]);
      expect(await baselineMigrations(db, edited, names[1])).toMatchObject({ names });
    });
  });

  test(`an application's own table of migrations is its own on ${server.name}`, async () => {
    await onDatabase(server, async (db) => {
      await script(
        db,
        "create table migrations (id integer primary key, migration varchar(20), batch integer)",
      );
      await script(db, "insert into migrations values (1, 'a', 1)");
      expect(await historyOf(db)).toEqual([]);
      expect((await read(db)).model.tables.map(({ name }) => name)).toEqual(["migrations"]);
    });
  });
}
