/** Tests on real databases, rows for them, and the suite that every database passes. */

import { ConfigError } from "../core/error.ts";
import { schemeOf } from "../connect/environment.ts";
import type { OpenCopyServer } from "../dialect/server/copying.ts";
import { createDatabaseTest, type DatabaseTest } from "../testing/database-test.ts";

async function loadSqlite(): Promise<OpenCopyServer> {
  return (await import("../databases/sqlite/copy/copying.ts")).openSqliteCopies;
}

async function loadPostgres(): Promise<OpenCopyServer> {
  return (await import("../databases/postgres/copy/copying.ts")).openPostgresCopies;
}

async function loadMysql(): Promise<OpenCopyServer> {
  return (await import("../databases/mysql/copy/copying.ts")).openMysqlCopies;
}

const schemes: Readonly<Record<string, () => Promise<OpenCopyServer>>> = {
  sqlite: loadSqlite,
  postgres: loadPostgres,
  postgresql: loadPostgres,
  mysql: loadMysql,
  mariadb: loadMysql,
};

/**
 * A test with a private, migrated database, on SQLite, PostgreSQL, MySQL or MariaDB: a copy of a template that is made once
 * from the migrations and the fixtures. The database of a failed test stays for a day, and its URL is printed.
 *
 * @throws {ConfigError} where neither vitest nor node:test is found, and no test function was handed over.
 * @example
 * const dbTest = databaseTest.extend({ schema, migrations: new URL("../migrations", import.meta.url) });
 * dbTest("counts users", { fixtures: [people] }, async ({ db }) => {
 *   assert.equal(await db.from(users).count(), 2);
 * });
 */
export const databaseTest: DatabaseTest = createDatabaseTest(async (url) => {
  const scheme = schemeOf(url);
  const load = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (load !== undefined) return (await load())({ url });
  throw new ConfigError(`Databases for tests can't be made by URLs that begin with "${scheme}:".`, {
    hint: `Known are ${Object.keys(schemes).join(", ")}.`,
  });
}, "sqlite::memory:");

export type {
  DatabaseSettings,
  DatabaseTest,
  DatabaseTestBody,
  DatabaseTestOptions,
  ExtendOptions,
} from "../testing/database-test.ts";
export type { DatabaseTestContext } from "../testing/test-databases.ts";
export { defineFactory } from "../testing/factory.ts";
export type {
  Factory,
  FactoryOptions,
  FactoryOverrides,
  FactoryRow,
  FactoryTools,
  RelatedRow,
  SeededFaker,
} from "../testing/factory.ts";
export type { Fake } from "../testing/fake.ts";
export { fixture } from "../testing/fixture.ts";
export type { Fixture, FixtureRow, RowReference } from "../testing/fixture.ts";
export { loadFixtures } from "../testing/load-fixtures.ts";
export type { RowFinder } from "../testing/load-fixtures.ts";
export type { FixtureSource } from "../testing/template.ts";
export type { AfterFunction, TestFunction } from "../testing/test-function.ts";
export { conformance } from "../testing/conformance/conformance.ts";
export type {
  ConformanceOptions,
  Expect,
  Matchers,
  PrivateDatabase,
  Untold,
} from "../testing/conformance/kit.ts";
