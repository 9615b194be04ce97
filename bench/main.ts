/** `npm run bench`: the same pieces of work by the bare driver, by Plinth and by its peers. */
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import type { Database } from "./data/tables.ts";
import type { WorkKind } from "./run/contenders.ts";
import type { Findings } from "./run/findings.ts";
import type { Report, WorkName } from "./run/results.ts";

const usage = `Compares Plinth with the bare drivers and with its peers.

  npm run bench -- sqlite|postgres|mariadb|cold|types|queue|all [options]

all is the three databases and cold, the start of a process to its first row; with --write also types, what
the types cost the compiler and an editor. queue measures job queues beside BullMQ and pg-boss, and is no part of all.
At the end stands in short what was found, beside the aims.

  --only NAME,NAME   these contenders (the bare driver is always among them)
  --skip NAME,NAME   all but these
  --ops NAME,NAME    these operations
  --rounds N         how often each contender runs, in a process of its own; default 5
  --peers-rounds N   in how many of these rounds the peers run, who take most of the time; default 2. The bare
                     drivers and Plinth run in all
  --quick            2 rounds of short slices, for use while developing
  --in-flight N      how many operations at once in the loaded measurement; default 32
  --shapes           twelve further shapes of work in the nine operations' stead (bench/shapes)
  --write            writes the figures into docs/performance.md, and its chart; measures the shapes as well
  --verify           holds every contender's answers against plain SQL, and measures nothing
  --help

The servers are private instances that end with the run. BENCH_POSTGRES_URL and BENCH_MARIADB_URL
name databases to be used instead, whose tables are replaced; BENCH_REDIS_URL names a store for the queues.
`;

class UsageError extends Error {}

const databases: readonly Database[] = ["sqlite", "postgres", "mariadb"];
/** What is no database. */
const furtherWork: ReadonlySet<string> = new Set(["cold", "types", "queue"]);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: "string" },
      skip: { type: "string" },
      ops: { type: "string" },
      rounds: { type: "string" },
      "peers-rounds": { type: "string", default: "2" },
      quick: { type: "boolean", default: false },
      "in-flight": { type: "string", default: "32" },
      verify: { type: "boolean", default: false },
      shapes: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError("Which database?");
  const isAll = positionals.includes("all");
  const wanted = databasesNamed(positionals.filter((name) => !furtherWork.has(name)));
  const isWhole = values.ops === undefined && !values.shapes;
  const hasCold = positionals.includes("cold") || (isAll && isWhole);
  const hasTypes = positionals.includes("types") || (isAll && values.write);

  linkPackage();
  // Only now: asking for help, or for what there isn't, needs none of it.
  const { baseline, contenderNames, roundsOf } = await import("./run/contenders.ts");
  const { runRounds, verifyAll } = await import("./run/rounds.ts");
  const { versionOf, withServers, reset } = await import("./run/servers.ts");
  const { reportText, summaryText, tableText } = await import("./run/report.ts");
  const { linesOf } = await import("./run/summary.ts");
  const { coldStartTable } = await import("./run/tables.ts");
  const { keepFindings } = await import("./run/findings.ts");
  const { coldStartNames, measureColdStarts } = await import("./run/cold-start.ts");
  const { operationNames } = await import("./work/operations.ts");
  const { shapeNames } = await import("./shapes/shapes.ts");

  const only = values.only?.split(",");
  const skip = values.skip?.split(",") ?? [];
  const isWanted = (name: string) =>
    (only === undefined || name === baseline || only.includes(name)) && !skip.includes(name);
  const operations = operationsNamed(values.ops, [...operationNames, ...shapeNames]);
  const inFlight = wholeNumber("in-flight", values["in-flight"]);
  const rounds = wholeNumber("rounds", values.rounds ?? (values.quick ? "2" : "5"));
  const peersRounds = Math.min(rounds, wholeNumber("peers-rounds", values["peers-rounds"]));
  const pace = values.quick
    ? { warmMs: 100, measureMs: 200, loadedMs: 200 }
    : { warmMs: 250, measureMs: 1000, loadedMs: 600 };
  let failed = false;

  const kinds: readonly WorkKind[] = values.shapes
    ? ["shapes"]
    : values.write
      ? ["operations", "shapes"]
      : ["operations"];
  const measured = wanted.flatMap((database) => kinds.map((kind) => ({ database, kind })));

  const found: { -readonly [Name in keyof Findings]: Findings[Name] } & { reports: Report[] } = {
    reports: [],
  };

  const needed: Database[] = hasCold && !wanted.includes("sqlite") ? ["sqlite", ...wanted] : wanted;
  await withServers(needed, async (targets) => {
    for (const { database, kind } of measured) {
      const contenders = contenderNames(kind, database).filter(isWanted);
      if (values.verify) {
        for (const [contender, wrong] of await verifyAll(kind, database, contenders, targets)) {
          failed ||= wrong.length > 0;
          const lines = wrong.map((sentence) => `\n    ${sentence}`).join("");
          print(`${wrong.length === 0 ? "right" : "WRONG"}  ${database} ${contender}${lines}`);
        }
        continue;
      }

      const options = {
        kind,
        rounds,
        peersRounds,
        inFlight,
        ...pace,
        // SQLite answers within the call: there is nothing to have in flight.
        loadedMs: database === "sqlite" || kind === "shapes" ? 0 : pace.loadedMs,
        ...(operations === undefined ? {} : { operations }),
      };
      const results = await runRounds(database, contenders, targets, options);
      failed ||=
        results.length < contenders.flatMap((name) => roundsOf(name, options)).length ||
        results.some(({ failures }) => Object.keys(failures).length > 0);
      const version = await versionOf(database, targets);
      const report = { kind, database, version, results, inFlight };
      print(`\n${reportText(report)}`);
      keepFindings({ reports: [report] });
      found.reports.push(report);
      const lines = linesOf({ reports: [report] });
      if (measured.length > 1 && lines.length > 0) print(`\n${summaryText(lines)}`);
    }
    if (hasCold && !values.verify) {
      await reset("sqlite", targets);
      const names = coldStartNames().filter(isWanted);
      const runs = values.quick ? 5 : 21;
      found.coldStarts = await measureColdStarts(names, targets.sqlite!.file, runs);
      print(`\n${tableText(coldStartTable(found.coldStarts))}`);
      keepFindings({ reports: [], coldStarts: found.coldStarts });
    }
  });
  if (hasTypes && !values.verify) {
    const { measureTypes } = await import("./types/measure.ts");
    found.types = measureTypes({ isQuick: values.quick, only });
    for (const table of found.types) print(`\n${tableText(table)}`);
    keepFindings({ reports: [], types: found.types });
  }
  const lines = linesOf(found);
  if (lines.length > 0) print(`\n${summaryText(lines)}`);
  if (positionals.includes("queue") && !values.verify) {
    const { measureQueues } = await import("./queue/run.ts");
    failed = !(await measureQueues({ rounds, isQuick: values.quick, only, skip })) || failed;
  }
  if (values.write) (await import("./run/page.ts")).writePage();
  return failed ? 1 : 0;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The package in its own folder's stead: modules that `plinth check` writes import it by its name. */
function linkPackage(): void {
  const link = new URL("node_modules/plinth", import.meta.url);
  if (existsSync(link)) return;
  mkdirSync(new URL("node_modules", import.meta.url), { recursive: true });
  symlinkSync(fileURLToPath(new URL("..", import.meta.url)), link, "junction");
}

function databasesNamed(names: readonly string[]): Database[] {
  return names.flatMap((name) => {
    if (name === "all") return databases;
    const database = databases.find((known) => known === name);
    if (database === undefined) throw new UsageError(`There is no database "${name}".`);
    return database;
  });
}

function operationsNamed(
  list: string | undefined,
  known: readonly WorkName[],
): WorkName[] | undefined {
  return list?.split(",").map((name) => {
    const operation = known.find((candidate) => candidate === name);
    if (operation === undefined)
      throw new UsageError(`There is no operation "${name}". Known: ${known.join(", ")}.`);
    return operation;
  });
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`--${option} takes a whole number above 0.`);
  return number;
}

try {
  process.exitCode = await main();
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (!(error instanceof UsageError) && !code.startsWith("ERR_PARSE_ARGS")) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
