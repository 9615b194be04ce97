/** Tests that have a database of their own each. */

import type { EncryptionSettings } from "../connect/cipher.ts";
import { systemClock } from "../core/clock.ts";
import { ConfigError } from "../core/error.ts";
import type { CopyServer } from "../dialect/server/copying.ts";
import type { CheckedQueries } from "../query/checked/module.ts";
import type { Naming } from "../schema/naming.ts";
import type { AnySchema } from "../schema/schema.ts";
import { Copies } from "./copies.ts";
import { TestDatabases, type DatabaseTestContext, type TestRun } from "./test-databases.ts";
import {
  findRunner,
  type AfterFunction,
  type TestBody,
  type TestContext,
  type TestFunction,
} from "./test-function.ts";
import type { FixtureSource, MigrationsOption } from "./template.ts";

export type DatabaseTestBody<S extends AnySchema = AnySchema> = (
  context: DatabaseTestContext<S>,
) => Promise<void> | void;

/** What tests have in common. */
export interface DatabaseSettings<S extends AnySchema = AnySchema> {
  /**
   * Where databases are made: in memory, in the folder of a file, or beside a database of a server whose user may create
   * others; what the URL itself names is left alone. Default: `TEST_DATABASE_URL` of the environment, else in memory.
   */
  readonly url?: string;
  /** The tables; they are made as `createTables` does, unless there are migrations. */
  readonly schema?: S;
  /** A folder of migrations, one for each database, or a list. */
  readonly migrations?: MigrationsOption;
  /** As `connect` is told. */
  readonly naming?: Naming;
  /** The keys of columns that are `encrypted()`, as `connect` is told. */
  readonly encryption?: EncryptionSettings;
  /** What `plinth check` has written, as `connect` is told. */
  readonly queries?: Pick<CheckedQueries, "~checked">;
  /**
   * `"rollback"`: tests share a database, and each is a transaction that is rolled back; one that ends it, or begins another,
   * fails. Default `"private"`: each has a database of its own.
   */
  readonly mode?: "private" | "rollback";
  /** Whether the database of a failed test stays, for a day, and its URL is printed. Default true. */
  readonly keepFailed?: boolean;
  /** Passed on to the test function, in milliseconds. */
  readonly timeout?: number;
}

export interface DatabaseTestOptions<
  Name extends string,
  S extends AnySchema = AnySchema,
> extends DatabaseSettings<S> {
  /** What is there before the test, in this order: names of fixtures that `extend` was given, or fixtures themselves. */
  readonly fixtures?: readonly (FixtureSource | Name)[];
}

export interface ExtendOptions<
  Name extends string,
  S extends AnySchema = AnySchema,
> extends DatabaseSettings<S> {
  /** Fixtures by the names that tests ask for them by. */
  readonly fixtures?: Readonly<Record<Name, FixtureSource>>;
  /** `test` of vitest or node:test. Default: that of what runs the tests. */
  readonly test?: TestFunction;
  /** `afterAll` of vitest, `after` of node:test. Default: that of what runs the tests. */
  readonly after?: AfterFunction;
}

interface RegisterDatabaseTest<Name extends string, S extends AnySchema = AnySchema> {
  /** A test with a migrated database of its own. */
  (name: string, body: DatabaseTestBody<S>): void;
  <Own extends AnySchema = S>(
    name: string,
    options: DatabaseTestOptions<Name, Own>,
    body: DatabaseTestBody<NoInfer<Own>>,
  ): void;
}

export interface DatabaseTest<
  Name extends string = never,
  S extends AnySchema = AnySchema,
> extends RegisterDatabaseTest<Name, S> {
  /** Of the tests of this file, only those marked so are run. */
  readonly only: RegisterDatabaseTest<Name, S>;
  readonly skip: RegisterDatabaseTest<Name, S>;
  /** The same with settings and fixtures that all its tests have. */
  extend<const Next extends string = never, Own extends AnySchema = S>(
    options: ExtendOptions<Next, Own>,
  ): DatabaseTest<Name | Next, Own>;
}

/** Opens what a URL names for making databases in. */
export type OpenServer = (url: string) => Promise<CopyServer>;

function fixtureNamed(known: Readonly<Record<string, FixtureSource>>, name: string): FixtureSource {
  if (Object.hasOwn(known, name)) return known[name]!;
  throw new ConfigError(`There is no fixture "${name}".`, {
    hint: "Name it in databaseTest.extend({ fixtures: { … } }).",
  });
}

/** @param defaultUrl Where nothing else is named. */
export function createDatabaseTest(open: OpenServer, defaultUrl: string): DatabaseTest {
  const databases = new TestDatabases(async (url) => new Copies(await open(url), systemClock));
  return makeTest(databases, {}, defaultUrl);
}

/** The environment says where tests run that name no URL. */
function urlOfEnvironment(otherwise: string): string {
  const given = process.env["TEST_DATABASE_URL"];
  return given === undefined || given === "" ? otherwise : given;
}

function makeTest(
  databases: TestDatabases,
  common: ExtendOptions<string>,
  defaultUrl: string,
): DatabaseTest<string> {
  const register =
    (variant: "only" | "skip" | undefined): RegisterDatabaseTest<string> =>
    (
      name: string,
      ...rest: [DatabaseTestBody] | [DatabaseTestOptions<string>, DatabaseTestBody]
    ) => {
      const body = rest.at(-1) as DatabaseTestBody;
      const own = rest.length === 2 ? (rest[0] as DatabaseTestOptions<string>) : {};
      const { fixtures = [], ...options } = own;
      const settings = { ...common, ...options };
      const run: TestRun = {
        title: name,
        url: settings.url ?? urlOfEnvironment(defaultUrl),
        mode: settings.mode ?? "private",
        isKept: settings.keepFailed ?? true,
        source: {
          schema: settings.schema,
          migrations: settings.migrations,
          naming: settings.naming,
          encryption: settings.encryption,
          queries: settings.queries,
          fixtures: fixtures.map((fixture) =>
            typeof fixture === "string" ? fixtureNamed(common.fixtures ?? {}, fixture) : fixture,
          ),
        },
      };
      registerTest(databases, settings, variant, run, body);
    };
  return Object.assign(register(undefined), {
    only: register("only"),
    skip: register("skip"),
    extend: (next: ExtendOptions<string>) =>
      makeTest(
        databases,
        { ...common, ...next, fixtures: { ...common.fixtures, ...next.fixtures } },
        defaultUrl,
      ),
  }) as DatabaseTest<string>;
}

function registerTest(
  databases: TestDatabases,
  { test: given, after: givenAfter, timeout }: ExtendOptions<string>,
  variant: "only" | "skip" | undefined,
  run: TestRun,
  body: DatabaseTestBody,
): void {
  const found = given === undefined || givenAfter === undefined ? findAround(given) : undefined;
  const test = given ?? found!.test;
  const after = givenAfter ?? found?.after;
  const register = variant === undefined ? test : test[variant];
  // Whatever Node or vitest hands over: what it has is asked for where it is used.
  const work: TestBody = (context) =>
    databases.run(run, async (given) => body(given), Object(context) as TestContext);
  if (timeout === undefined) register(run.title, work);
  else register(run.title, { timeout }, work);
  if (variant === "skip" || after === undefined) return;
  databases.expectTest(run.title);
  after(function () {
    // Vitest reads the names of parameters. It hands over the suite last, node:test something else.
    // oxlint-disable-next-line prefer-rest-params -- as above.
    return databases.endTest(Array.from(arguments).at(-1));
  });
}

/** With a test function that was handed over, what follows the tests is found where it can be. */
function findAround(given: TestFunction | undefined): ReturnType<typeof findRunner> | undefined {
  if (given === undefined) return findRunner();
  try {
    return findRunner();
  } catch {
    return undefined;
  }
}
