import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { inspect } from "../connect/inspect.ts";
import { withSession } from "../connect/with-session.ts";
import { ConfigError, DbError } from "../core/error.ts";
import {
  createFilter,
  type ForeignObject,
  type Inspection,
  type InspectOptions,
} from "../dialect/server/introspector.ts";
import { createScratch } from "../entry/main.ts";
import { inWordsOf } from "../migrate/drift/find-drift.ts";
import { tablesIn, withoutOutside } from "../migrate/drift/outside.ts";
import { modelOf } from "../migrate/model-of.ts";
import type { Database } from "../query/database.ts";
import type { Model } from "../schema/model.ts";
import { keyOf } from "../schema/moves.ts";
import { createNames } from "../schema/naming.ts";
import type { Schema } from "../schema/schema.ts";
import { describeObject, writeSections, type Entities } from "../tools/codegen/entities.ts";
import { carry, isAsDeclared, withReadTypes } from "../tools/codegen/merge/carry.ts";
import { readKnown, type ModuleSource } from "../tools/codegen/merge/known.ts";
import { mergeEntities, type MergeResult } from "../tools/codegen/merge/merge.ts";
import { isWritten, SCHEMA_FILE, writeModule, writeModules } from "../tools/codegen/module.ts";
import { onScratch } from "../tools/on-scratch.ts";
import { commonOptions, connectProject, loadProject, placedUrl, type Project } from "./context.ts";
import { diagramFiles } from "./diagram.ts";
import { loadModule, schemaOf } from "./schema.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

const help = `Usage: plinth entities [options]

Reads a database and writes what is in it as a schema in TypeScript, with the relations that its foreign keys imply.
What no declaration can say is told in comments and left alone. The database is not changed, and what people have
changed in the modules stays where it means what the database has.

Options:
  --out PATH              The module, or with --per-table their folder. Default: the configuration's schema.
  --per-table             A module for each table, and index.ts with the schema.
  --tables NAME           Only these; * stands for any text. May be given several times.
  --ignore NAME           None of these.
  --schema NAME           Of these schemas of the database instead of the connection's own; "" is that.
  --diagram FILE          Draw the tables, too: a picture for .svg, Mermaid for .mmd and .md.
  --check                 Write nothing; exit with 1 where something would change.
  --force                 Write anew what is there, whoever wrote it.
  --url URL               The database. Default: DATABASE_URL, then the configuration's.
  -c, --config FILE       The configuration. Default: plinth.config.ts.
  --json                  Print data for programs.
`;

const options = {
  ...commonOptions,
  out: { type: "string" },
  "per-table": { type: "boolean" },
  tables: { type: "string", multiple: true },
  ignore: { type: "string", multiple: true },
  schema: { type: "string", multiple: true },
  diagram: { type: "string", multiple: true },
  check: { type: "boolean" },
  force: { type: "boolean" },
} as const;

type Options = ReturnType<typeof parse>["values"];

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true });
}

/**
 * `plinth entities`
 *
 * @returns 1 where `--check` finds something that would change.
 * @throws what went wrong, for the caller to tell.
 */
export async function entitiesCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<number> {
  const { positionals, values } = parse(argv);
  if (values.help === true) {
    terminal.stdout.write(help);
    return 0;
  }
  if (positionals.length > 0) {
    throw new ConfigError(`There is no \`plinth entities ${positionals.join(" ")}\`.`, {
      hint: "Choose tables with --tables, and run `plinth entities --help` for what there is.",
    });
  }
  const project = await loadProject(values, cwd);
  const place = placeOf(values, project, cwd);
  const modules = values.force === true ? [] : await modulesAt(place);
  const db = await connectProject(values, project, undefined, { isThere: true });
  try {
    const inspection = await readDatabase(db, values);
    const written = await write({ db, inspection, modules, place, project, values });
    const drawings = await diagramFiles(values.diagram ?? [], inspection.model, cwd);
    const files = [
      ...written.files,
      ...drawings.map((file) => ({ ...file, before: contentOf(file.path) })),
    ];
    const changed = files.filter(({ before, text }) => before !== text);
    if (values.check !== true) save(changed);
    tell({ ...written, files, inspection, project, terminal, values });
    return values.check === true && changed.length > 0 ? 1 : 0;
  } finally {
    await db.close();
  }
}

interface Place {
  readonly folder: string;
  /** The one module; undefined for a module for each table. */
  readonly file: string | undefined;
}

/** A schema that is an `index.ts` is the middle of a folder of modules. */
function placeOf(values: Options, project: Project, cwd: string): Place {
  const named =
    values.out === undefined
      ? resolve(project.folder, project.config.schema ?? "schema.ts")
      : resolve(cwd, values.out);
  const isModule = /\.[mc]?ts$/.test(named);
  const isIndex = basename(named) === SCHEMA_FILE;
  if (values["per-table"] === true || isIndex) {
    if (isModule && !isIndex && values.out !== undefined) {
      throw new ConfigError("--out names a module, and --per-table writes several.", {
        hint: "Name a folder: plinth entities --per-table --out schema",
      });
    }
    const folder = isIndex ? dirname(named) : isModule ? named.replace(/\.[mc]?ts$/, "") : named;
    return { folder, file: undefined };
  }
  return isModule
    ? { folder: dirname(named), file: basename(named) }
    : { folder: named, file: "schema.ts" };
}

/** What was written before, as people have it now. */
async function modulesAt({ file, folder }: Place): Promise<ModuleSource[]> {
  const main = file ?? SCHEMA_FILE;
  if (!existsSync(join(folder, main))) return [];
  const paths =
    file === undefined ? readdirSync(folder).filter((path) => path.endsWith(".ts")) : [file];
  const modules: ModuleSource[] = [];
  for (const path of paths.toSorted()) {
    const text = readFileSync(join(folder, path), "utf8");
    if (isWritten(text)) modules.push({ path, text, exports: await load(join(folder, path)) });
    else if (path === main) refuseForeign(path);
  }
  return modules;
}

async function load(path: string): Promise<ModuleSource["exports"]> {
  try {
    return await loadModule(path);
  } catch (cause) {
    const why = cause instanceof DbError || cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${basename(path)} can't be loaded: ${why.replace(/\.?$/, ".")}`, {
      hint: "Mend it, or write it anew with --force, which keeps nothing of it.",
      cause,
    });
  }
}

function refuseForeign(path: string): never {
  throw new ConfigError(`${path} was not written by \`plinth entities\`.`, {
    hint: "Write to another place with --out, or over it with --force.",
  });
}

async function readDatabase(db: Database, values: Options): Promise<Inspection> {
  const { schema, tables } = values;
  const found = await withSession(db, (session) => inspect(session, choiceOf(values)));
  if (found.model.tables.length > 0) return found;
  throw new ConfigError("The database has no tables to write.", {
    hint:
      tables === undefined && schema === undefined
        ? "Look whether the URL names the right database; --schema names other schemas of it."
        : "Look at what --tables, --ignore and --schema choose.",
  });
}

function choiceOf({ ignore, schema, tables }: Options): InspectOptions {
  return {
    ...(tables !== undefined && { tables }),
    ...(ignore !== undefined && { ignore }),
    ...(schema !== undefined && { schemas: schema }),
  };
}

interface Work {
  readonly db: Database;
  readonly inspection: Inspection;
  readonly modules: readonly ModuleSource[];
  readonly place: Place;
  readonly project: Project;
  readonly values: Options;
}

interface PlannedFile {
  /** The whole path. */
  readonly path: string;
  /** Undefined for one that is to go. */
  readonly text: string | undefined;
  /** What it holds now; undefined for one that isn't there. */
  readonly before: string | undefined;
}

interface Written extends Pick<MergeResult, "changes"> {
  readonly entities: Entities;
  readonly files: readonly PlannedFile[];
}

async function write(work: Work): Promise<Written> {
  const { db, inspection, modules, place, project, values } = work;
  const { dialect } = db["~engine"];
  const names = createNames(project.config.naming);
  const { others } = inspection;
  const formOf = (type: string) => dialect.types.customForm?.(type) ?? "text";
  const isPerTable = place.file === undefined;
  if (modules.length === 0) {
    const entities = writeSections({ ...inspection, names, formOf });
    const made = isPerTable
      ? writeModules(entities)
      : [{ path: place.file!, text: writeModule(entities) }];
    return { entities, files: planned(made, place, values, new Set()), changes: [] };
  }
  const schema = schemaIn(modules, place);
  const known = readKnown(modules, schema, modelOf(schema, names, dialect), names);
  const live = await inWordsOfSchema(work, known.model);
  const entities = writeSections({ model: live, others, names, formOf, known });
  const isChosen = createFilter(choiceOf(values));
  const schemas = values.schema?.map((name) => (name === "" ? undefined : name)) ?? [undefined];
  const { changes, files } = mergeEntities({
    modules,
    known,
    live: withoutOutside(live, tablesAmong(live, known.model)).model,
    entities,
    names,
    isPerTable,
    isAsked: ({ name, schema: own }) => isChosen(name) && schemas.includes(own),
  });
  const paths = new Set(modules.map(({ path }) => path));
  return { entities, changes, files: planned(files, place, values, paths) };
}

/** What a written foreign key may point at. */
function tablesAmong(live: Model, known: Model): ReadonlySet<string> {
  return new Set([...live.tables.map(keyOf), ...tablesIn(known)]);
}

/** Where something differs, the same server tells which words mean the same; it may have no right to make a database. */
async function inWordsOfSchema(work: Work, known: Model): Promise<Model> {
  const { db, inspection, project, values } = work;
  const { types } = db["~engine"].dialect;
  const live = carry(inspection.model, known, types);
  if (isAsDeclared(live, known)) return live;
  const url = placedUrl(values, project);
  try {
    const found = await onScratch(
      {
        createScratch: () => createScratch(url),
        connect: (made) => connectProject({}, project, made),
      },
      (scratch) => inWordsOf(db, inspection.model, known, scratch),
    );
    return carry(withReadTypes(found, inspection.model), known, types);
  } catch (error) {
    if (error instanceof DbError) return live;
    throw error;
  }
}

function schemaIn(modules: readonly ModuleSource[], { file = SCHEMA_FILE }: Place): Schema {
  const main = modules.find(({ path }) => path === file)!;
  return schemaOf(main.exports, file);
}

/** Undefined where there is no such file. */
function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** @param own The modules that were read. What else is there is somebody's. */
function planned(
  files: MergeResult["files"],
  { folder }: Place,
  { force }: Options,
  own: ReadonlySet<string>,
): PlannedFile[] {
  return files.map(({ path: name, text }) => {
    const path = join(folder, name);
    const before = contentOf(path);
    const isOwn = before === undefined || own.has(name) || force === true || isWritten(before);
    return isOwn ? { path, text, before } : refuseForeign(name);
  });
}

function save(files: readonly PlannedFile[]): void {
  for (const { path, text } of files) {
    if (text === undefined) {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

interface Result extends Written {
  readonly inspection: Inspection;
  readonly project: Project;
  readonly terminal: Terminal;
  readonly values: Options;
}

function stateOf({ before, text }: PlannedFile): "changed" | "gone" | "new" | "unchanged" {
  if (before === text) return "unchanged";
  if (text === undefined) return "gone";
  return before === undefined ? "new" : "changed";
}

function tell(result: Result): void {
  const { changes, entities, files, inspection, project, terminal, values } = result;
  const { tables, views = [] } = inspection.model;
  const relations = [...entities.schema.relations.values()].flat().length;
  const written = files.map((file) => ({
    path: relative(project.folder, file.path),
    state: stateOf(file),
  }));
  if (values.json === true) {
    printJson(terminal, {
      files: written,
      changes,
      tables: tables.length,
      views: views.length,
      relations,
      leftAlone: inspection.others,
    });
    return;
  }
  const paint = painter(terminal);
  const say = (text: string): unknown => terminal.stdout.write(`${text}\n`);
  const changed = written.filter(({ state }) => state !== "unchanged");
  const prefix = values.check === true ? "would " : "";
  for (const { path, state } of changed) {
    const verb =
      state === "gone" ? (prefix === "" ? "removed" : "remove") : prefix === "" ? "wrote" : "write";
    say(`${paint(state === "gone" ? "yellow" : "green", prefix + verb)}  ${path}`);
  }
  if (changed.length === 0) say("nothing has changed");
  for (const change of changes) say(`  ${plain(change)}`);
  const counts = [
    counted(tables.length, "table"),
    counted(views.length, "view"),
    counted(relations, "relation"),
  ];
  say(counts.join(", "));
  tellOthers(inspection.others, say);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A name of which nobody knows what stands in it, on one line. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ");
}

function tellOthers(others: readonly ForeignObject[], say: (text: string) => unknown): void {
  if (others.length === 0) return;
  say("left alone, as no declaration can say it:");
  for (const other of others) {
    const { schema, table } = other;
    const place = table === undefined || schema === undefined ? table : `${schema}.${table}`;
    const whole = describeObject(other);
    say(`  ${plain(place === undefined ? whole : `${whole} of ${place}`)}`);
  }
}
