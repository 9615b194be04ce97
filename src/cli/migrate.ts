import { schemeOf } from "../connect/environment.ts";
import { ConfigError, ConnectionError } from "../core/error.ts";
import { dialectOf } from "../entry/main.ts";
import { readFolder } from "../migrate/folder.ts";
import type { Migration } from "../migrate/migration.ts";
import { overlookedIn } from "../migrate/overlooked.ts";
import {
  applyMigrations,
  dropAll,
  readPending,
  readRevertible,
  repairMigrations,
  revertMigrations,
  type Repair,
} from "../migrate/run/runner.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import {
  connectProject,
  loadProject,
  migrationFolder,
  refuseUntaken,
  requireConsent,
  urlOf,
  type Project,
} from "./context.ts";
import {
  TAKEN_BY,
  parse,
  runOptions,
  sayOverlooked,
  upOptions,
  wholeNumber,
  say,
  type Options,
  type Run,
} from "./migrate-order.ts";
import { baseline, status } from "./migrate-status.ts";
import { printJson, type Terminal } from "./terminal.ts";

export const migrateHelp = `Usage: plinth migrate <verb> [options]

Verbs:
  generate NAME           Write a migration from what the schema has that the last one had not:
                          --rename users.name=full_name, --drop users.name, --empty,
                          --database NAME, --concurrently, --dry-run.
  generate --fill         Write what is missing for a database: --database NAME.
  lint                    Tell what may lose data, stop others or fail on rows that are there:
                          --since REF for what is new. Exits with 1 when there is something.
  snapshot [NAME]         Write the snapshot of SQL by hand, from a scratch database that all is
                          applied to, in this process where that can be: --database NAME.
                          Default: of the last migration.
  drift                   Tell what differs between the database and the schema, and exit with 1
                          where something does: --sql for what mends it, --sql --keep for what makes
                          others like it, --ignore NAME.
  squash [--to NAME]      One migration in place of many, once it is proven that both make the same:
                          --name NAME, --keep NAME and --drop NAME for what writes rows, --dry-run.
  up [-n N] [--to NAME]   Apply what is pending; --rehearse: to a copy with all rows, which is dropped.
  down [-n N]             Take back the last one, or the last N.
  status                  Tell what is applied, pending, edited, missing or broken off.
  redo                    Take the last one back and apply it again.
  reset                   Take all back.
  refresh                 Take all back and apply all again.
  fresh                   Drop everything in the database, and apply all.
  baseline [--to NAME]    Take migrations for applied without running them.
  repair                  Make the history agree with what is: --resume, --roll-back,
                          --mark-applied NAME, --accept NAME, --forget NAME.

Options:
  --url URL               The database. Default: DATABASE_URL, then the configuration's.
  -c, --config FILE       The configuration. Default: plinth.config.ts.
  --dry-run               Print the SQL of up and down instead of running it.
  --create-database       Create the database first where it isn't there (up, fresh).
  --strict-order          Refuse migrations that sort before one that is applied.
  --lock-timeout MS       How long to wait for another process that migrates. Default 60000.
  --yes                   Take back or drop on a database that isn't on this machine.
  --json                  Print data for programs.
`;

const DESTRUCTIVE: Readonly<Record<string, string>> = {
  down: "takes migrations back",
  fresh: "drops everything in it",
  redo: "takes a migration back",
  refresh: "takes migrations back",
  reset: "takes migrations back",
};

const VERBS: Readonly<Record<string, (run: Run) => Promise<void>>> = {
  up: async (run) =>
    run.options["dry-run"] === true ? showSql(run, await pending(run), "up") : up(run),
  down,
  status,
  redo: async (run) => {
    await revert(run, 1);
    await up(run);
  },
  reset: (run) => revert(run, Infinity),
  refresh: async (run) => {
    await revert(run, Infinity);
    await up(run);
  },
  fresh: async (run) => {
    if (run.migrations.length === 0) {
      throw new ConfigError("There are no migrations; nothing was dropped.", {
        hint: "Is `migrations` of plinth.config the folder that they are in?",
      });
    }
    await dropAll(run.db);
    say(run, "dropped everything");
    await up(run);
  },
  baseline,
  repair,
};

/** Verbs that begin a new database where there is none. */
const MAKING: ReadonlySet<string> = new Set(["fresh", "refresh", "up"]);
/** Verbs for which a database that isn't there is one with nothing in it. */
const UNDOING: ReadonlySet<string> = new Set(["down", "reset"]);

/** A file that nobody has begun isn't made by what does nothing to it. */
async function connectFor(verb: string, options: Options, project: Project): Promise<Database> {
  const isDry = options["dry-run"] === true;
  const isThere = !MAKING.has(verb) || isDry;
  try {
    return await connectProject(options, project, undefined, { isThere });
  } catch (error) {
    const isMissing = error instanceof ConnectionError && error.code === "E_MISSING_DATABASE";
    if (!isMissing || !(isDry || UNDOING.has(verb))) throw error;
    const { can, migrations } = await dialectOf(schemeOf(urlOf(options, project)));
    if (!can.isEmbedded || migrations.inProcess === undefined) throw error;
    return connectProject({}, project, migrations.inProcess([]));
  }
}

type Verb = (argv: readonly string[], terminal: Terminal, cwd: string) => Promise<number | void>;

/** Those with options of their own. */
const separateVerbs: Readonly<Record<string, () => Promise<Verb>>> = {
  drift: async () => (await import("./drift.ts")).driftCommand,
  generate: async () => (await import("./generate.ts")).generateCommand,
  lint: async () => (await import("./lint.ts")).lintCommand,
  snapshot: async () => (await import("./snapshot.ts")).snapshotCommand,
  squash: async () => (await import("./squash.ts")).squashCommand,
};

/**
 * @returns The exit code, where it isn't 0.
 * @throws what went wrong, for the caller to tell.
 */
export async function migrateCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<number | void> {
  const offline = Object.hasOwn(separateVerbs, argv[0] ?? "") ? separateVerbs[argv[0]!] : undefined;
  if (offline !== undefined && !argv.includes("--help") && !argv.includes("-h")) {
    const run = await offline();
    return run(argv.slice(1), terminal, cwd);
  }
  const { values, positionals } = parse(argv);
  const [verb, ...others] = positionals;
  if (values.help === true || verb === undefined) {
    terminal.stdout.write(migrateHelp);
    return;
  }
  const work = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (work === undefined || others.length > 0) {
    throw new ConfigError(`There is no \`plinth migrate ${positionals.join(" ")}\`.`, {
      hint: "Run `plinth migrate --help` for what there is.",
    });
  }
  refuseUntaken(["plinth migrate", verb], values, TAKEN_BY);
  const project = await loadProject(values, cwd);
  if (values.rehearse === true) {
    return (await import("./rehearse.ts")).rehearseCommand({ options: values, terminal, project });
  }
  const what = DESTRUCTIVE[verb];
  if (what !== undefined && values["dry-run"] !== true)
    requireConsent(urlOf(values, project), values.yes === true, what);
  const db = await connectFor(verb, values, project);
  try {
    const families = db["~engine"].dialect.migrations.families;
    const folder = migrationFolder(project, families);
    const migrations = await readFolder<Transaction>(folder, families);
    const overlooked = overlookedIn(folder, migrations);
    await work({ options: values, terminal, project, db, migrations, overlooked });
  } finally {
    await db.close();
  }
}

function pending(run: Run): Promise<Migration<Transaction>[]> {
  return readPending(run.db, run.migrations, upOptions(run));
}

async function up(run: Run): Promise<void> {
  const runs = await applyMigrations(run.db, run.migrations, upOptions(run));
  if (run.options.json === true)
    return printJson(run.terminal, { applied: runs, overlooked: run.overlooked });
  if (run.migrations.length === 0) say(run, "there are no migrations");
  else if (runs.length === 0) say(run, "nothing is pending");
  sayOverlooked(run);
}

async function down(run: Run): Promise<void> {
  const count = wholeNumber("-n", run.options.count) ?? 1;
  if (run.options["dry-run"] === true)
    return showSql(run, await readRevertible(run.db, run.migrations, count), "down");
  return revert(run, count);
}

async function revert(run: Run, count: number): Promise<void> {
  const runs = await revertMigrations(run.db, run.migrations, count, runOptions(run));
  if (run.options.json === true) printJson(run.terminal, { reverted: runs });
  else if (runs.length === 0) say(run, "nothing is applied");
}

function showSql(
  run: Run,
  migrations: readonly Migration<Transaction>[],
  way: "down" | "up",
): void {
  if (run.options.json === true) {
    printJson(
      run.terminal,
      migrations.map((migration) => ({ name: migration.name, sql: migration[way]?.sql ?? null })),
    );
    return;
  }
  for (const migration of migrations) {
    const side = migration[way];
    run.terminal.stdout.write(`-- ${migration.name}\n`);
    if (side?.sql !== undefined) run.terminal.stdout.write(`${side.sql.trim()}\n`);
    if (side?.code !== undefined) run.terminal.stdout.write(`-- and its code for ${way}\n`);
    if (side === undefined) run.terminal.stdout.write("-- has no way back\n");
    run.terminal.stdout.write("\n");
  }
  if (migrations.length === 0) say(run, "-- nothing to run");
  if (way === "down") return;
  for (const { name, remedy } of run.overlooked) say(run, `-- not run: ${name}: ${remedy}`);
}

async function repair(run: Run): Promise<void> {
  const given = repairsOf(run.options);
  const [only] = given;
  if (only === undefined || given.length > 1) {
    throw new ConfigError("`plinth migrate repair` takes one thing to do.", {
      hint: "Pass --resume, --roll-back, --mark-applied NAME, --accept NAME or --forget NAME.",
    });
  }
  const name = await repairMigrations(run.db, run.migrations, only, runOptions(run));
  if (run.options.json === true) printJson(run.terminal, { repaired: name, by: only.kind });
  else say(run, `repaired  ${name}  (${only.kind})`);
}

function repairsOf(given: Options): Repair[] {
  const repairs: Repair[] = [];
  if (given.resume === true) repairs.push({ kind: "resume" });
  if (given["roll-back"] === true) repairs.push({ kind: "roll-back" });
  for (const kind of ["mark-applied", "accept", "forget"] as const) {
    const name = given[kind];
    if (name !== undefined) repairs.push({ kind, name });
  }
  return repairs;
}
