import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { inspect } from "../connect/inspect.ts";
import { Session } from "../connect/session.ts";
import { ConfigError } from "../core/error.ts";
import type { ForeignObject, Inspection, InspectOptions } from "../dialect/server/introspector.ts";
import type { Database } from "../query/client.ts";
import { createNames } from "../schema/naming.ts";
import { describeObject, writeSections, type Entities } from "../tools/codegen/entities.ts";
import { isWritten, writeModule, writeModules, type EntityFile } from "../tools/codegen/module.ts";
import { diagramFiles } from "./diagram.ts";
import { commonOptions, connectProject, loadProject, type Project } from "./context.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

const help = `Usage: plinth entities [options]

Reads a database and writes what is in it as a schema in TypeScript, with the relations that its foreign keys imply.
What no declaration can say is told in comments and left alone. The database is not changed.

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
  const db = await connectProject(values, project);
  try {
    const inspection = await readDatabase(db, values);
    const { types } = db["~engine"].dialect;
    const entities = writeSections({
      ...inspection,
      names: createNames(project.config.naming),
      formOf: (type) => types.customForm?.(type) ?? "text",
    });
    const files = [
      ...filesOf(entities, place, values.force === true),
      ...(await diagramFiles(values.diagram ?? [], inspection.model, cwd)),
    ];
    const changed = files.filter(({ before, text }) => before !== text);
    if (values.check !== true) write(changed);
    tell({ entities, inspection, files, project, terminal, values });
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
  const isIndex = isModule && basename(named).startsWith("index.");
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

async function readDatabase(db: Database, values: Options): Promise<Inspection> {
  const { ignore, schema, tables } = values;
  const given: InspectOptions = {
    ...(tables !== undefined && { tables }),
    ...(ignore !== undefined && { ignore }),
    ...(schema !== undefined && { schemas: schema }),
  };
  const session = await Session.open(db["~engine"]);
  let isDone = false;
  try {
    const found = await inspect(session, given);
    isDone = true;
    if (found.model.tables.length > 0) return found;
  } finally {
    session.release(!isDone);
  }
  throw new ConfigError("The database has no tables to write.", {
    hint:
      tables === undefined && schema === undefined
        ? "Look whether the URL names the right database; --schema names other schemas of it."
        : "Look at what --tables, --ignore and --schema choose.",
  });
}

interface PlannedFile extends EntityFile {
  /** The whole path. */
  readonly path: string;
  /** What it holds now; undefined for one that isn't there. */
  readonly before: string | undefined;
}

function filesOf(entities: Entities, { file, folder }: Place, isForced: boolean): PlannedFile[] {
  const made =
    file === undefined ? writeModules(entities) : [{ path: file, text: writeModule(entities) }];
  return made.map(({ path: name, text }) => {
    const path = join(folder, name);
    const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    if (before !== undefined && !isForced && !isWritten(before)) {
      throw new ConfigError(`${name} was not written by \`plinth entities\`.`, {
        hint: "Write to another place with --out, or over it with --force.",
      });
    }
    return { path, text, before };
  });
}

function write(files: readonly PlannedFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

interface Result {
  readonly entities: Entities;
  readonly inspection: Inspection;
  readonly files: readonly PlannedFile[];
  readonly project: Project;
  readonly terminal: Terminal;
  readonly values: Options;
}

function stateOf({ before, text }: PlannedFile): "changed" | "new" | "unchanged" {
  if (before === undefined) return "new";
  return before === text ? "unchanged" : "changed";
}

function tell(result: Result): void {
  const { entities, files, inspection, project, terminal, values } = result;
  const { tables, views = [] } = inspection.model;
  const relations = [...entities.schema.relations.values()].flat().length;
  const written = files.map((file) => ({
    path: relative(project.folder, file.path),
    state: stateOf(file),
  }));
  if (values.json === true) {
    printJson(terminal, {
      files: written,
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
  const verb = values.check === true ? "would write" : "wrote";
  for (const { path } of changed) say(`${paint("green", verb)}  ${path}`);
  if (changed.length === 0) say("nothing has changed");
  say(
    `${counted(tables.length, "table")}, ${counted(views.length, "view")}, ${counted(relations, "relation")}`,
  );
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
    const { name, schema, table } = other;
    const place = schema === undefined || table === undefined ? table : `${schema}.${table}`;
    const of = place === undefined || table === name ? "" : ` of ${place}`;
    const whole = table === name && table !== undefined ? `${other.kind} of ${place}` : undefined;
    const { detail } = other;
    say(
      `  ${plain(whole === undefined ? describeObject(other) + of : `${whole}${detail === undefined ? "" : `: ${detail}`}`)}`,
    );
  }
}
