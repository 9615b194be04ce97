import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Terminal } from "./terminal.ts";

const help = `Usage: plinth <command> [options]

Commands:
  init           Write a configuration, a schema and a first migration.
  migrate        Generate, apply, revert and look at migrations: plinth migrate --help
  check          Check SQL by hand, and write its types: plinth check --help
  entities       Write a schema of what a database has: plinth entities --help
  seed           Write what the application begins with: plinth seed --help
  queue          List, retry and purge jobs of a queue: plinth queue --help
  tables         Tell which tables there are, or all of one: plinth tables --help
  rows           Show rows of a table: plinth rows --help

Options:
  -h, --help     Print this help.
  -v, --version  Print the version.
`;

type Command = (argv: readonly string[], terminal: Terminal, cwd: string) => Promise<number | void>;

/** Loaded when they are asked for: the help needs no database. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import("./check.ts")).checkCommand,
  entities: async () => (await import("./entities.ts")).entitiesCommand,
  init: async () => (await import("./init.ts")).initCommand,
  migrate: async () => (await import("./migrate.ts")).migrateCommand,
  queue: async () => (await import("./queue.ts")).queueCommand,
  rows: async () => (await import("./rows.ts")).rowsCommand,
  seed: async () => (await import("./seed.ts")).seedCommand,
  tables: async () => (await import("./tables.ts")).tablesCommand,
};

/**
 * Runs the command line.
 *
 * @param argv What follows the program's name.
 * @returns The exit code: 0, or 1 when it could not do what was asked.
 */
export async function main(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string = process.cwd(),
): Promise<number> {
  const [name = ""] = argv;
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) return printHelp(argv, terminal);
  try {
    const command = await load();
    return (await command(argv.slice(1), terminal, cwd)) ?? 0;
  } catch (error) {
    const { tell } = await import("./context.ts");
    tell(error, terminal);
    return 1;
  }
}

function printHelp(argv: readonly string[], terminal: Terminal): number {
  const [name = ""] = argv;
  if (name !== "" && !name.startsWith("-")) {
    terminal.stderr.write(`There is no command ${JSON.stringify(name)}.\n\n${help}`);
    return 1;
  }
  let options;
  try {
    options = parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
      },
    }).values;
  } catch (error) {
    terminal.stderr.write(`${(error as Error).message}\n\n${help}`);
    return 1;
  }
  if (options.version === true) terminal.stdout.write(`${readVersion()}\n`);
  else terminal.stdout.write(help);
  return 0;
}

/** The package's own manifest is two folders up from the sources and from the built file alike. */
function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
