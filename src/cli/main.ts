import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** Where a command writes; `process` is one. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const help = `Usage: plinth [options]

Options:
  -h, --help     Print this help.
  -v, --version  Print the version.
`;

/**
 * Runs the command line.
 *
 * @param argv What follows the program's name.
 * @returns The exit code: 0, or 1 when nothing was done because the arguments are wrong.
 */
export function main(argv: readonly string[], terminal: Terminal): number {
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
