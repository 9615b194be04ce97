/** What a configuration says of checking SQL. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { schemeOf } from "../connect/environment.ts";
import { ConfigError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { createScratch, dialectOf } from "../entry/main.ts";
import { readFolder } from "../migrate/folder.ts";
import { modelOf } from "../migrate/model-of.ts";
import type { Transaction } from "../query/client.ts";
import { createNames, type Names } from "../schema/naming.ts";
import type { Schema } from "../schema/schema.ts";
import { Images } from "../tools/check/describe/image.ts";
import { targetOf, type Target } from "../tools/check/describe/target.ts";
import { BUILT, PROGRAMS, STATEMENTS, type FindOptions } from "../tools/check/find/project.ts";
import { pathFrom, type DescribingProject } from "../tools/check/project.ts";
import { declaredColumns, type SchemaModule } from "../tools/check/types/declared.ts";
import {
  connectProject,
  migrationFolder,
  migrationSettings,
  placedUrlIfAny,
  urlOf,
  type CommonOptions,
  type Project,
} from "./context.ts";
import { loadModule, schemaOf } from "./schema.ts";

interface LoadedSchema {
  readonly file: string;
  readonly module: SchemaModule;
  readonly schema: Schema;
}

/** A database may come before its schema in code, or do without one. */
async function loadSchemaIfAny({ config, folder }: Project): Promise<LoadedSchema | undefined> {
  const named = config.schema ?? "schema.ts";
  const file = resolve(folder, named);
  if (config.schema === undefined && !existsSync(file)) return undefined;
  const module = await loadModule(file);
  return { file, module, schema: schemaOf(module, named) };
}

function productsOf(options: CommonOptions, project: Project): readonly string[] {
  const { databases = migrationSettings(project).databases } = project.config.check ?? {};
  return databases ?? [schemeOf(urlOf(options, project))];
}

async function targetFor(
  product: string,
  project: Project,
  names: Names,
  schema: Schema | undefined,
): Promise<Target> {
  const dialect = await dialectOf(product);
  const { families } = dialect.migrations;
  const migrations = await readFolder<Transaction>(migrationFolder(project, families), families);
  return targetOf(dialect, migrations, schema && modelOf(schema, names, dialect));
}

/** The URL, if it is of a database that understands the SQL: a relative has other collations. */
async function urlFor(
  { migrations }: Dialect,
  options: CommonOptions,
  project: Project,
): Promise<string | undefined> {
  const url = placedUrlIfAny(options, project);
  if (url === undefined) return undefined;
  const [family = ""] = (await dialectOf(schemeOf(url))).migrations.families;
  return migrations.families.includes(family) ? url : undefined;
}

/** Whoever names a server wants it to be asked. */
function uselessUrlError(url: string, targets: readonly Target[]): ConfigError {
  const products = targets.map(({ dialect }) => dialect.name).join(", ");
  return new ConfigError(
    `--url names a database of ${schemeOf(url)}, and the SQL is checked for ${products}.`,
    {
      hint: "Name a server of one of these, or add the database to check.databases in the configuration.",
    },
  );
}

/** Where the module is that is written. */
export function outOf({ config, folder }: Project): string {
  const beside = "plinth.queries.ts";
  const usual = existsSync(join(folder, "src")) ? `src/${beside}` : beside;
  return resolve(folder, config.check?.out ?? usual);
}

function findOptions(project: Project): FindOptions {
  const { exclude = [], include = PROGRAMS, statements = STATEMENTS } = project.config.check ?? {};
  const out = pathFrom(project.folder, outOf(project));
  return { include, statements, exclude: [...BUILT, out, ...exclude] };
}

export async function loadCheckedProject(
  options: CommonOptions & { readonly again?: boolean | undefined },
  project: Project,
): Promise<DescribingProject> {
  const { config, folder } = project;
  const loaded = await loadSchemaIfAny(project);
  const names = createNames(config.naming);
  const targets: Target[] = [];
  const urls = new Map<Target, string | undefined>();
  for (const product of productsOf(options, project)) {
    const target = await targetFor(product, project, names, loaded?.schema);
    targets.push(target);
    urls.set(target, await urlFor(target.dialect, options, project));
  }
  if (options.url !== undefined && targets.every((target) => urls.get(target) === undefined))
    throw uselessUrlError(options.url, targets);
  const images = new Images(folder);
  return {
    folder,
    find: findOptions(project),
    out: outOf(project),
    targets,
    declared: loaded ? declaredColumns(loaded.schema, loaded.module, names) : new Map(),
    schemaFile: loaded?.file,
    isAskedAgain: options.again === true,
    placesOf: (target) => ({
      images,
      url: urls.get(target),
      createScratch: (url) => createScratch(url),
      connect: (url) => connectProject({}, project, url),
    }),
  };
}
