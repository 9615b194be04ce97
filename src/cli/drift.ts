import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import type { ForeignObject } from "../dialect/server/introspector.ts";
import { createScratch } from "../entry/main.ts";
import type { Plan } from "../migrate/diff/plan.ts";
import { renderPlan, writeSqlFile } from "../migrate/render.ts";
import { placeName } from "../schema/describe.ts";
import type { Place } from "../schema/moves.ts";
import { readDrift, type FoundDrift } from "../tools/drift.ts";
import {
  commonOptions,
  connectProject,
  loadProject,
  migrationFolder,
  placedUrl,
} from "./context.ts";
import { loadSchema } from "./schema.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

const options = {
  ...commonOptions,
  sql: { type: "boolean" },
  keep: { type: "boolean" },
  ignore: { type: "string", multiple: true },
} as const;

/**
 * `plinth migrate drift`
 *
 * @returns 1 where the database is not what is expected.
 */
export async function driftCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options });
  if (values.keep === true && values.sql !== true)
    throw new ConfigError("--keep is for `plinth migrate drift --sql`.");
  const project = await loadProject(values, cwd);
  const schema = await loadSchema(project);
  const url = placedUrl(values, project);
  const db = await connectProject(values, project, undefined, { isThere: true });
  try {
    const dialect = await db["~engine"].dialect.withChanges();
    const drift = await readDrift({
      db,
      schema,
      createScratch: () => createScratch(url),
      connect: (scratch) => connectProject({}, project, scratch),
      folder: migrationFolder(project, dialect.migrations.families),
      ...(values.ignore !== undefined && { ignore: values.ignore }),
    });
    if (values.json === true) printJson(terminal, dataOf(drift, dialect));
    else if (values.sql === true)
      terminal.stdout.write(sqlOf(values.keep === true ? drift.keep() : drift.mend(), dialect));
    else show(drift, terminal);
    return drift.differences.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}

function sqlOf(plan: Plan, dialect: Dialect): string {
  return writeSqlFile(renderPlan(plan, dialect));
}

/** SQL, or why there is none. */
function planData(make: () => Plan, dialect: Dialect): object {
  try {
    const plan = make();
    return { sql: sqlOf(plan, dialect), hazards: plan.hazards };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { sql: null, reason: error.message };
  }
}

function dataOf(drift: FoundDrift, dialect: Dialect): object {
  const { differences, isAhead, keep, mend, others, pending, troubled, undeclared, unmade } = drift;
  return {
    hasDrift: differences.length > 0,
    pending,
    isAhead,
    troubled: troubled.map(({ name, state }) => ({ name, state })),
    differences,
    undeclared,
    unmade,
    others,
    mend: planData(mend, dialect),
    keep: planData(keep, dialect),
  };
}

/** A name of which nobody knows what stands in it, on one line. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "�");
}

function nameOf({ name, schema, table }: ForeignObject): string {
  const own = table === undefined || table === name ? name : `${table}.${name}`;
  return plain(schema === undefined ? own : `${schema}.${own}`);
}

function tellOther(other: ForeignObject): string {
  if (other.kind === "engine" && other.detail === "MyISAM")
    return `table ${nameOf(other)} is kept by MyISAM, which silently ignores foreign keys and knows no transactions`;
  const detail = other.detail === undefined ? "" : `: ${plain(other.detail)}`;
  return `${other.kind} ${nameOf(other)}${detail}`;
}

function show(drift: FoundDrift, terminal: Terminal): void {
  const { differences, isAhead, others, pending, troubled, undeclared, unmade } = drift;
  const paint = painter(terminal);
  const say = (text: string): unknown => terminal.stdout.write(`${text}\n`);
  if (pending.length > 0) {
    say(
      `${pending.length === 1 ? "1 migration is" : `${pending.length} migrations are`} pending: ${pending.join(", ")}`,
    );
    say("The database is compared with what is applied; `plinth migrate up` applies the rest.");
  }
  for (const { name, state } of troubled)
    say(paint("red", `migration ${name} is ${state}: \`plinth migrate status\``));
  if (isAhead)
    say("The schema has what no migration makes yet: `plinth migrate generate NAME` writes it.");
  const colours = { different: "yellow", extra: "yellow", missing: "red" } as const;
  const signs = { different: "~", extra: "+", missing: "-" } as const;
  for (const { kind, text } of differences)
    say(`${paint(colours[kind], signs[kind])} ${plain(text)}`);
  const list = (places: readonly Place[]): string =>
    places.map((place) => plain(placeName(place, place.name))).join(", ");
  if (unmade.length > 0)
    say(paint("dim", `compared as written, as they need what no schema declares: ${list(unmade)}`));
  if (undeclared.length > 0)
    say(paint("dim", `not in the schema, and left alone: ${list(undeclared)}`));
  for (const other of others) say(paint("dim", `left alone: ${tellOther(other)}`));
  if (differences.length === 0)
    say(`the database is what ${pending.length === 0 ? "the schema says" : "its migrations make"}`);
  else
    say(
      "`plinth migrate drift --sql` prints what makes the database what is expected; with --keep what makes others like it.",
    );
}
