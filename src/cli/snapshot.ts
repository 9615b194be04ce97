import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { schemeOf } from "../connect/environment.ts";
import { ConfigError } from "../core/error.ts";
import type { Dialect, QueryDialect } from "../dialect/dialect.ts";
import { createScratch, dialectOf } from "../entry/main.ts";
import { readFolder } from "../migrate/folder.ts";
import { isForeignSnapshot, readSnapshotBefore, SNAPSHOT } from "../migrate/snapshot/heads.ts";
import { modelOf } from "../migrate/model-of.ts";
import { familyOf } from "../migrate/diff/plan.ts";
import { matchSnapshot } from "../migrate/diff/rename.ts";
import { writeSnapshot, type Snapshot } from "../migrate/snapshot/snapshot.ts";
import type { Transaction } from "../query/client.ts";
import type { Model } from "../schema/model.ts";
import type { Schema } from "../schema/schema.ts";
import { replayInPlace } from "../tools/replay-place.ts";
import {
  commonOptions,
  connectProject,
  loadProject,
  snapshotFolder,
  migrationSettings,
  placedUrlIfAny,
  type Project,
} from "./context.ts";
import { loadSchema } from "./schema.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

const options = { ...commonOptions, database: { type: "string" } } as const;

/** `plinth migrate snapshot [NAME]` */
export async function snapshotCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
  });
  const project = await loadProject(values, cwd);
  const url = placedUrlIfAny(values, project);
  const dialect = await dialectFor(values.database, url, project);
  const { families } = dialect.migrations;
  const folder = snapshotFolder(project, families, "plinth migrate snapshot");
  const migrations = await readFolder<Transaction>(folder, families);
  const name = nameOf(positionals, migrations);
  const file = pathOf(folder, name);
  refuseForeign(file);
  const before = readSnapshotBefore(folder, name);
  const schema = await schemaOf(project);
  const isOfUrl = url !== undefined && (await isFor(url, dialect));
  const { model, place, obstacle } = await replayInPlace({
    dialect,
    url: isOfUrl ? url : undefined,
    isUrlAsked: values.url !== undefined,
    createScratch: (at) => createScratch(at),
    connect: (scratch) => connectProject({}, project, scratch),
    migrations: migrations.slice(0, migrations.findIndex((one) => one.name === name) + 1),
    declared: (live, names) =>
      schema === undefined ? asModel(before, live) : modelOf(schema, names, live),
  });
  writeFileSync(file, writeSnapshot(snapshotOf(model, before, families[0]!)));
  const path = relative(project.folder, file);
  if (values.json === true) {
    printJson(terminal, { migration: name, file: path, replayed: place });
    return;
  }
  if (obstacle !== undefined) terminal.stderr.write(`not in this process: ${obstacle}\n`);
  terminal.stdout.write(
    `replayed  by ${place}\n${painter(terminal)("green", "wrote")}     ${path}\n`,
  );
}

/** That of the option, else that of the URL, else the only one that migrations are written for. */
async function dialectFor(
  named: string | undefined,
  url: string | undefined,
  project: Project,
): Promise<Dialect> {
  if (named !== undefined) return dialectOf(named);
  if (url !== undefined) return dialectOf(schemeOf(url));
  const { databases = [] } = migrationSettings(project);
  if (databases.length === 1) return dialectOf(databases[0]!);
  throw new ConfigError("No database is named whose migrations are meant.", {
    hint: "Pass --database NAME, or --url, or write `url` into plinth.config.ts.",
  });
}

/** Whether SQL of the dialect is for the database of a URL. */
async function isFor(url: string, { migrations }: Dialect): Promise<boolean> {
  const { families } = (await dialectOf(schemeOf(url))).migrations;
  return families.some((family) => migrations.families.includes(family));
}

function nameOf(given: readonly string[], migrations: readonly { name: string }[]): string {
  const [named, ...others] = given;
  const name = named ?? migrations.at(-1)?.name;
  const isThere = migrations.some((migration) => migration.name === name);
  if (name !== undefined && isThere && others.length === 0) return name;
  throw new ConfigError(
    migrations.length === 0
      ? "There is no migration whose snapshot could be written."
      : "`plinth migrate snapshot` takes the name of one migration.",
    { hint: "Run `plinth migrate status` for their names; the last one is the default." },
  );
}

/** A database may come before its schema in code. */
async function schemaOf(project: Project): Promise<Schema | undefined> {
  const isThere = existsSync(resolve(project.folder, project.config.schema ?? "schema.ts"));
  return isThere || project.config.schema !== undefined ? loadSchema(project) : undefined;
}

function asModel({ enums, tables, views }: Snapshot, dialect: QueryDialect): Model {
  const own = views?.[familyOf(dialect)];
  return {
    enums: enums.map(({ type }) => type),
    tables,
    ...(own !== undefined && { views: own }),
  };
}

/** What may have got a new name counts as new: the way there is written already. */
function snapshotOf(model: Model, before: Snapshot, family: string): Snapshot {
  const { [family]: _, ...others } = before.views ?? {};
  const own = model.views ?? [];
  const views = own.length === 0 ? others : { ...others, [family]: own };
  return matchSnapshot(before, model, Object.keys(views).length === 0 ? {} : { views }).snapshot;
}

function refuseForeign(file: string): void {
  if (!existsSync(file) || !isForeignSnapshot(readFileSync(file, "utf8"))) return;
  throw new ConfigError(`${file} is another tool's.`, {
    hint: "Begin with a migration of your own: `plinth migrate generate --empty adopt`, then `plinth migrate snapshot`.",
  });
}

function pathOf(folder: string, name: string): string {
  const own = join(folder, name);
  const isFolder = existsSync(own) && statSync(own).isDirectory();
  return isFolder ? join(own, SNAPSHOT) : join(folder, `${name}.${SNAPSHOT}`);
}
