import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  check,
  connect,
  defineSchema,
  enumType,
  gt,
  index,
  integer,
  sql,
  table,
  text,
  timestamp,
  varchar,
  type ServerInfo,
} from "plinth";
import { mysqlDialect } from "plinth/mysql";
import { postgresDialect } from "plinth/postgres";
import { sqliteDialect } from "plinth/sqlite";
import { expect, test } from "vitest";
import type { Dialect } from "../../src/dialect/dialect.ts";
import { createTables } from "../../src/migrate/create-tables.ts";
import { registered } from "../../src/migrate/migration.ts";
import { modelOf } from "../../src/migrate/model-of.ts";
import { planMigration } from "../../src/migrate/diff/plan.ts";
import { matchSnapshot } from "../../src/migrate/diff/rename.ts";
import { renderPlan, writeSqlFile } from "../../src/migrate/render.ts";
import { applyMigrations, revertMigrations } from "../../src/migrate/run/runner.ts";
import { emptySnapshot } from "../../src/migrate/snapshot/snapshot.ts";
import { createNames } from "../../src/schema/naming.ts";
import { createTestDatabase, testServers, type TestServerName } from "../servers/databases.ts";

const oldRole = enumType("user_role", ["user", "admin", "guest"]);
const oldUsers = table(
  "users",
  {
    id: integer().primaryKey().autoIncrement(),
    name: varchar({ length: 40 }).notNull().comment("as it is spelt"),
    level: integer(),
    role: oldRole().notNull().default("user"),
    note: text(),
  },
  (t) => [index().on(t.level), check(gt(t.level, 0))],
);
const oldPosts = table("posts", {
  id: integer().primaryKey(),
  userId: integer().references(() => oldUsers.id),
});

const role = enumType("user_role", ["user", "owner"]);
const people = table(
  "people",
  {
    id: integer().primaryKey().autoIncrement(),
    fullName: varchar({ length: 80 }).notNull().comment("as it is spelt"),
    level: integer().notNull().default(1),
    role: role().notNull().default("user"),
    seenAt: timestamp().notNull().defaultNow(),
    twice: integer().generatedAs(() => sql`${people.level} * 2`),
  },
  (t) => [index().on(t.level, t.fullName)],
);
const posts = table("posts", {
  id: integer().primaryKey(),
  userId: integer().references(() => people.id, { onDelete: "cascade" }),
});

const [before, after] = [defineSchema({ oldUsers, oldPosts }), defineSchema({ people, posts })];
const answers = {
  renames: ["users=people", "users.name=full_name", "user_role.admin=owner"],
  drops: ["users.note", "user_role.guest"],
};

function render(dialect: Dialect): { readonly up: string; readonly down: string } {
  const names = createNames();
  const first = matchSnapshot(emptySnapshot, modelOf(before, names, dialect)).snapshot;
  const { snapshot, questions } = matchSnapshot(first, modelOf(after, names, dialect), answers);
  expect(questions).toEqual([]);
  const up = planMigration(first, snapshot, dialect);
  const down = planMigration(snapshot, first, dialect, { isFilling: true });
  const lost = up.hazards.filter(({ kind }) => kind === "lossy");
  return {
    up: writeSqlFile(renderPlan(up, dialect)),
    down: writeSqlFile(renderPlan(down, dialect), { lost }),
  };
}

const server = (product: string, ...version: [number, number, number]): ServerInfo => ({
  product,
  version,
});

const cases: readonly {
  file: string;
  dialect: Dialect;
  servers: readonly TestServerName[];
}[] = [
  { file: "sqlite", dialect: sqliteDialect(server("sqlite", 3, 50, 0)), servers: ["sqlite file"] },
  {
    file: "postgres",
    dialect: postgresDialect(server("postgres", 18, 0, 0)),
    servers: ["postgres 18", "postgres 15"],
  },
  {
    file: "mariadb-10.11",
    dialect: mysqlDialect(server("mariadb", 10, 11, 0)),
    servers: ["mariadb"],
  },
  { file: "mysql-8.4", dialect: mysqlDialect(server("mysql", 8, 4, 0)), servers: [] },
];

const isUpdate = process.env["PLINTH_UPDATE_GOLDEN"] === "1";

test.each(cases)("a change of many kinds is planned on $file by the text that is kept", (one) => {
  const made = render(one.dialect);
  for (const way of ["up", "down"] as const) {
    const path = fileURLToPath(new URL(`change-tables.${one.file}.${way}.sql`, import.meta.url));
    if (isUpdate || !existsSync(path)) writeFileSync(path, made[way]);
    expect(made[way]).toBe(readFileSync(path, "utf8"));
  }
});

test("names are taken for there or gone only where that was asked for", () => {
  const names = createNames();
  const dialect = sqliteDialect(server("sqlite", 3, 50, 0));
  const { snapshot } = matchSnapshot(emptySnapshot, modelOf(before, names, dialect));
  const textOf = (from: typeof snapshot, to: typeof snapshot): string =>
    writeSqlFile(renderPlan(planMigration(from, to, dialect), dialect, { isTolerant: true }));
  expect(textOf(emptySnapshot, snapshot)).toMatch(/create table if not exists "users"/);
  expect(textOf(snapshot, emptySnapshot)).toMatch(/drop table if exists "posts"/);
});

test.each(cases)("tables that are new on $file are made without a warning", ({ dialect }) => {
  const { snapshot } = matchSnapshot(emptySnapshot, modelOf(before, createNames(), dialect));
  const { hazards, steps } = planMigration(emptySnapshot, snapshot, dialect);

  expect(hazards).toEqual([]);
  expect(steps.flatMap((step) => step.hazards)).toEqual([]);
  expect(planMigration(snapshot, emptySnapshot, dialect).hazards).not.toEqual([]);
});

const present = new Set(testServers().map(({ name }) => name));
const executed = cases.flatMap(({ dialect, servers }) =>
  servers.filter((name) => present.has(name)).map((name) => ({ name, dialect })),
);

test.each(executed)("that text runs on $name, there and back", async ({ name, dialect }) => {
  const database = await createTestDatabase(
    testServers().find((candidate) => candidate.name === name)!,
  );
  try {
    await using db = await connect(database.url);
    await createTables(db, before);
    await db.insert(oldUsers).values({ name: "Ada", role: "admin", level: 3 });
    const all = registered([{ name: "001_change", ...render(dialect) }]);
    await applyMigrations(db, all);
    const [person] = await db.from(people);
    expect(person).toMatchObject({ id: 1, fullName: "Ada", role: "owner", level: 3, twice: 6 });
    await revertMigrations(db, all);
    const user = { id: 1, name: "Ada", role: "admin", level: 3, note: null };
    expect(await db.from(oldUsers)).toEqual([user]);
  } finally {
    await database.drop();
  }
});
