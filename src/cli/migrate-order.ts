/** What the command line asks of a verb of `plinth migrate`. */

import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import type { Migration } from "../migrate/migration.ts";
import type { Overlooked } from "../migrate/overlooked.ts";
import type { UpOptions } from "../migrate/run/runner.ts";
import type { MigrationRun, RunOptions } from "../migrate/run/target.ts";
import type { Database } from "../query/database.ts";
import type { Transaction } from "../query/client.ts";
import { commonOptions, type CommonOptions, type Project, type TakenBy } from "./context.ts";
import { duration, painter, type Terminal } from "./terminal.ts";

const options = {
  ...commonOptions,
  count: { type: "string", short: "n" },
  to: { type: "string" },
  "dry-run": { type: "boolean" },
  rehearse: { type: "boolean" },
  "create-database": { type: "boolean" },
  "strict-order": { type: "boolean" },
  "lock-timeout": { type: "string" },
  yes: { type: "boolean" },
  resume: { type: "boolean" },
  "roll-back": { type: "boolean" },
  "mark-applied": { type: "string" },
  accept: { type: "string" },
  forget: { type: "string" },
} as const;

export interface Options extends CommonOptions {
  readonly count?: string;
  readonly to?: string;
  readonly help?: boolean;
  readonly "dry-run"?: boolean;
  readonly rehearse?: boolean;
  readonly "create-database"?: boolean;
  readonly "strict-order"?: boolean;
  readonly "lock-timeout"?: string;
  readonly yes?: boolean;
  readonly resume?: boolean;
  readonly "roll-back"?: boolean;
  readonly "mark-applied"?: string;
  readonly accept?: string;
  readonly forget?: string;
}

export function parse(argv: readonly string[]): {
  readonly values: Options;
  readonly positionals: readonly string[];
} {
  return parseArgs({ args: [...argv], options, allowPositionals: true });
}

/** What changes the work of a verb, and the verbs that know it. */
export const TAKEN_BY: TakenBy<Options> = {
  count: ["up", "down"],
  to: ["up", "baseline"],
  "dry-run": ["up", "down"],
  rehearse: ["up"],
  resume: ["repair"],
  "roll-back": ["repair"],
  "mark-applied": ["repair"],
  accept: ["repair"],
  forget: ["repair"],
};

export interface Order {
  readonly options: Options;
  readonly terminal: Terminal;
  readonly project: Project;
}

/** An order with what it is for. */
export interface Run extends Order {
  readonly db: Database;
  readonly migrations: readonly Migration<Transaction>[];
  /** What stands among them and isn't one. */
  readonly overlooked: readonly Overlooked[];
}

/** For people: programs that ask for JSON get nothing else. */
export function say({ options, terminal }: Run, text: string): void {
  if (options.json !== true) terminal.stdout.write(`${text}\n`);
}

export function sayOverlooked(run: Run): void {
  const paint = painter(run.terminal);
  for (const { name, remedy } of run.overlooked)
    say(run, `${paint("red", "not run ")}  ${name}  ${remedy}`);
}

export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ConfigError(`${name} takes a whole number.`);
}

/** Each migration is told as soon as it is run. */
export function runOptions({ options, terminal }: Order): RunOptions {
  const paint = painter(terminal);
  const print = ({ name, way, durationMs }: MigrationRun): void => {
    const verb = way === "up" ? paint("green", "applied ") : paint("yellow", "reverted");
    terminal.stdout.write(`${verb}  ${name}  ${paint("dim", duration(durationMs))}\n`);
  };
  return {
    strictOrder: options["strict-order"] === true,
    lockTimeoutMs: wholeNumber("--lock-timeout", options["lock-timeout"]),
    ...(options.json === true ? {} : { onRun: print }),
  };
}

export function upOptions(order: Order): UpOptions {
  const { options } = order;
  return { ...runOptions(order), count: wholeNumber("-n", options.count), to: options.to };
}
