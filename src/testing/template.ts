/** The database that each test's own is a copy of: migrated, with its fixtures, made once. */

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { EncryptionSettings } from "../connect/cipher.ts";
import { createEngine } from "../connect/engine.ts";
import { Session } from "../connect/session.ts";
import { ConfigError } from "../core/error.ts";
import type { CopyServer } from "../dialect/server/copying.ts";
import { createTables } from "../migrate/create-tables.ts";
import { renderTables } from "../migrate/render-tables.ts";
import { folderOf, readFolder, type Folders } from "../migrate/folder.ts";
import { registered, type Migration, type RegisteredMigration } from "../migrate/migration.ts";
import { modelOf } from "../migrate/model-of.ts";
import { applyMigrations } from "../migrate/run/runner.ts";
import type { CheckedQueries } from "../query/checked/module.ts";
import { loadChecked } from "../query/checked/load.ts";
import { loadRelations } from "../query/relations/load-code.ts";
import { loadReadBack } from "../query/write/load-returning.ts";
import { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import { fromJson, toJson } from "../query/rows/json.ts";
import { sql } from "../query/sql.ts";
import { createNames, type Naming } from "../schema/naming.ts";
import type { AnySchema } from "../schema/schema.ts";
import { table } from "../schema/table.ts";
import { text, varchar } from "../schema/types.ts";
import { RowReference, type Fixture } from "./fixture.ts";
import { loadInto, LoadedRows, withTargets } from "./load-fixtures.ts";

/** What a fixture is: rows, a file of SQL, or a function that writes. */
export type FixtureSource =
  | Fixture
  | URL
  | readonly Fixture[]
  | ((db: Database) => Promise<unknown>);

/** A folder of migrations, one for each database, or a list. */
export type MigrationsOption = Folders | readonly RegisteredMigration<Transaction>[];

function isList(
  migrations: MigrationsOption,
): migrations is readonly RegisteredMigration<Transaction>[] {
  return Array.isArray(migrations);
}

/** What a template is made of. */
export interface TemplateSource {
  readonly schema: AnySchema | undefined;
  readonly migrations: MigrationsOption | undefined;
  readonly naming: Naming | undefined;
  readonly encryption: EncryptionSettings | undefined;
  /** What tests may run; it changes nothing of what is there before them. */
  readonly queries?: Pick<CheckedQueries, "~checked"> | undefined;
  readonly fixtures: readonly FixtureSource[];
}

export interface TemplatePlan {
  readonly source: TemplateSource;
  readonly migrations: readonly Migration<Transaction>[] | undefined;
  /** Of all that goes into it: other content, another template. */
  readonly hash: string;
}

/** The rows of fixtures, for tests that ask for them by name. */
const rowsTable = table("plinth_fixtures", {
  key: varchar({ length: 400 }).primaryKey(),
  row: text().notNull(),
});

/** Functions can't be compared, as they may call others: what they write lives as long as the process. */
const processToken = randomUUID();

function isRows(source: FixtureSource): source is Fixture | readonly Fixture[] {
  return typeof source === "object" && !(source instanceof URL);
}

function rowFixtures(sources: readonly FixtureSource[]): Fixture[] {
  return sources.filter(isRows).flat();
}

/** The text of a fixture, which is another one when the fixture is. */
function contentOf(source: FixtureSource): string {
  if (typeof source === "function") return `${processToken}:${String(source)}`;
  if (!isRows(source)) return readFileSync(source, "utf8");
  const fixtures = withTargets([source].flat());
  const describe = (value: unknown): unknown =>
    value instanceof RowReference
      ? { ref: fixtures.indexOf(value.fixture), name: value.name, column: value.column }
      : toJson(value);
  const parts = fixtures.map(({ info, rows }) => [
    info.schema,
    info.table,
    [...rows].map(([name, row]) => [
      name,
      Object.entries(row).map(([key, value]) => [key, describe(value)]),
    ]),
  ]);
  return JSON.stringify(parts);
}

/** Values of fixtures are written by these keys, and read by no others. */
function keysText({ current, keys }: EncryptionSettings): string {
  return JSON.stringify([
    current,
    Object.entries(keys).map(([name, key]) => [
      name,
      typeof key === "string" ? key : Buffer.from(key).toString("base64"),
    ]),
  ]);
}

async function readMigrations(
  { migrations }: TemplateSource,
  families: readonly string[],
): Promise<Migration<Transaction>[] | undefined> {
  if (migrations === undefined) return undefined;
  if (isList(migrations)) return registered(migrations);
  const folder = folderOf(migrations, families);
  const found = await readFolder<Transaction>(folder, families);
  if (found.length > 0) return found;
  throw new ConfigError(`There are no migrations in ${folder}.`, {
    hint: 'Name the folder that they are in, as a URL: new URL("./migrations", import.meta.url).',
  });
}

/** @param server Whose words a schema without migrations is written in. */
export async function planTemplate(
  source: TemplateSource,
  { dialect }: CopyServer,
): Promise<TemplatePlan> {
  const migrations = await readMigrations(source, dialect.migrations.families);
  const hash = createHash("sha256");
  const { product, version } = dialect.server;
  hash.update(JSON.stringify([product, version]));
  for (const { name, up } of migrations ?? []) {
    hash.update(`\0migration\0${name}\0${up.checksum}`);
    if (up.code !== undefined) hash.update(processToken);
  }
  if (migrations === undefined && source.schema !== undefined) {
    const names = createNames(source.naming);
    const texts = renderTables(modelOf(source.schema, names, dialect), await dialect.withChanges());
    hash.update(`\0schema\0${texts.join("\0")}`);
  }
  for (const fixture of source.fixtures) hash.update(`\0fixture\0${contentOf(fixture)}`);
  if (source.encryption !== undefined) hash.update(`\0keys\0${keysText(source.encryption)}`);
  return { source, migrations, hash: hash.digest("hex") };
}

/** @param base Whether the tables are there already. */
export async function fillTemplate(
  server: CopyServer,
  name: string,
  { source, migrations }: TemplatePlan,
  base: boolean,
): Promise<void> {
  const db = await openCopy(server, name, source);
  try {
    if (!base) {
      if (migrations !== undefined) await applyMigrations(db, migrations, {});
      else if (source.schema !== undefined) await createTables(db, source.schema);
    }
    await loadSources(db, source.fixtures);
  } finally {
    await db.close();
  }
}

export async function openCopy(
  server: CopyServer,
  name: string,
  {
    naming,
    encryption,
    queries,
    schema,
  }: Pick<TemplateSource, "encryption" | "naming" | "queries" | "schema">,
): Promise<Database> {
  const engine = await createEngine(await server.open(name), {
    naming,
    encryption,
    isTracked: true,
  });
  const checked = await loadChecked(queries, engine, schema);
  await Promise.all([loadRelations(), loadReadBack(engine.dialect.can)]);
  return Database.of(engine, schema, "watching", undefined, checked);
}

async function loadSources(db: Database, sources: readonly FixtureSource[]): Promise<void> {
  let loaded: LoadedRows | undefined;
  // By turns: each may count on those before it.
  for (const source of sources) {
    if (isRows(source)) loaded = await loadInto(db, [source].flat(), loaded);
    else if (typeof source === "function") await source(db);
    else await runFile(db, readFileSync(source, "utf8"));
  }
  if (loaded === undefined) return;
  const rows = [...loaded.entries()].map(([key, row]) => ({
    key,
    row: JSON.stringify(toJson(row)),
  }));
  await createTables(db, { tables: { rowsTable }, views: {} });
  if (rows.length > 0) await db.insert(rowsTable).values(rows);
}

async function runFile(db: Database, text: string): Promise<void> {
  const session = await Session.open(db["~engine"]);
  try {
    await session.script(text);
  } finally {
    session.release();
  }
}

/** The rows of the fixtures, read from a copy. */
export async function readRows(
  db: Database,
  sources: readonly FixtureSource[],
): Promise<LoadedRows> {
  const loaded = new LoadedRows();
  const fixtures = withTargets(rowFixtures(sources));
  if (fixtures.length === 0) return loaded;
  const { rows } = await db.execute(
    sql<{
      key: string;
      row: string;
    }>`select ${rowsTable.key} as "key", ${rowsTable.row} as "row" from ${rowsTable}`,
  );
  const texts = new Map(rows.map(({ key, row }) => [key, row]));
  for (const fixture of fixtures)
    for (const name of fixture.rows.keys()) {
      const row = texts.get(LoadedRows.key(fixture.info, name));
      if (row !== undefined)
        loaded.set(fixture.info, name, fromJson(fixture.table, JSON.parse(row)) as never);
    }
  return loaded;
}
