/** What a command line asks for. */
import { parseArgs } from "node:util";

import type { Database } from "../data/tables.ts";
import { shapeNames } from "../shapes/shapes.ts";
import { operationNames } from "../work/operations.ts";
import type { Rounds, WorkKind } from "./contenders.ts";
import type { WorkName } from "./results.ts";

export const usage = `Compares Plinth with the bare drivers and with its peers.

  npm run bench -- sqlite|postgres|mariadb|cold|types|queue|all [options]

all is the three databases and cold, the start of a process to its first row; with --write also types, what
the types cost the compiler and an editor. queue measures job queues beside BullMQ and pg-boss, and is no part of all.
At the end stands in short what was found, beside the aims.

  --only NAME,NAME   these contenders (the bare driver is always among them)
  --skip NAME,NAME   all but these
  --ops NAME,NAME    these pieces of work, of the nine or of the further shapes
  --rounds N         how often each contender runs, in a process of its own; default 5
  --peers-rounds N   in how many of these rounds the peers run, who take most of the time; default 2. The bare
                     drivers and Plinth run in all
  --quick            2 rounds of short slices, for use while developing
  --in-flight N      how many operations at once in the loaded measurement; default 32
  --shapes           twelve further shapes of work in the nine operations' stead (bench/shapes)
  --write            writes the figures into docs/performance.md, and its chart; measures the shapes as well
  --verify           holds every contender's answers against plain SQL, those of the shapes too, and measures nothing
  --help

The servers are private instances that end with the run. BENCH_POSTGRES_URL and BENCH_MARIADB_URL
name databases to be used instead, whose tables are replaced; BENCH_REDIS_URL names a store for the queues.
`;

/** What was asked for. */
export interface Wanted extends Rounds {
  readonly databases: readonly Database[];
  readonly kinds: readonly WorkKind[];
  readonly hasColdStarts: boolean;
  readonly hasTypes: boolean;
  readonly hasQueues: boolean;
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[];
  /** Undefined: all. */
  readonly operations: readonly WorkName[] | undefined;
  readonly inFlight: number;
  readonly isQuick: boolean;
  /** Holds answers against plain SQL, and measures nothing. */
  readonly isVerifying: boolean;
  readonly isWriting: boolean;
}

export class UsageError extends Error {}

const databases: readonly Database[] = ["sqlite", "postgres", "mariadb"];
/** What is no database. */
const furtherWork: ReadonlySet<string> = new Set(["cold", "types", "queue"]);

const options = {
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
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/**
 * @param args What stands behind `npm run bench --`.
 * @returns Undefined when only help was asked for.
 * @throws {UsageError} when there is no such thing; `parseArgs` throws what it doesn't know.
 */
export function wantedBy(args: readonly string[]): Wanted | undefined {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options });
  if (values.help) return undefined;
  if (positionals.length === 0) throw new UsageError("Which database?");
  const isAll = positionals.includes("all");
  const isMeasuring = !values.verify;
  const has = (work: string) => positionals.includes(work) && isMeasuring;
  const operations = operationsNamed(values.ops);
  const kinds = kindsOf(operations, values);
  const isWhole = operations === undefined && kinds.includes("operations");
  const rounds = wholeNumber("rounds", values.rounds ?? (values.quick ? "2" : "5"));
  return {
    databases: databasesNamed(positionals.filter((name) => !furtherWork.has(name))),
    kinds,
    hasColdStarts: has("cold") || (isAll && isMeasuring && isWhole),
    hasTypes: has("types") || (isAll && isMeasuring && values.write),
    hasQueues: has("queue"),
    only: values.only?.split(","),
    skip: values.skip?.split(",") ?? [],
    operations,
    rounds,
    peersRounds: Math.min(rounds, wholeNumber("peers-rounds", values["peers-rounds"])),
    inFlight: wholeNumber("in-flight", values["in-flight"]),
    isQuick: values.quick,
    isVerifying: values.verify,
    isWriting: values.write && isMeasuring,
  };
}

/** Who names a further shape asks for it; what is written or verified is all. */
function kindsOf(operations: readonly WorkName[] | undefined, values: Values): WorkKind[] {
  const kinds: WorkKind[] = [];
  const isIn = (names: readonly WorkName[]) => operations?.some((name) => names.includes(name));
  if (!values.shapes && (isIn(operationNames) ?? true)) kinds.push("operations");
  if (isIn(shapeNames) ?? (values.shapes || values.write || values.verify)) kinds.push("shapes");
  if (kinds.length === 0) throw new UsageError("None of these is a further shape.");
  return kinds;
}

function databasesNamed(names: readonly string[]): Database[] {
  return names.flatMap((name) => {
    if (name === "all") return databases;
    const database = databases.find((known) => known === name);
    if (database === undefined) throw new UsageError(`There is no database "${name}".`);
    return database;
  });
}

function operationsNamed(list: string | undefined): WorkName[] | undefined {
  const known: readonly WorkName[] = [...operationNames, ...shapeNames];
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
