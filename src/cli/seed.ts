import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import { seed, type SeedRun } from "../tools/seed/seed.ts";
import {
  commonOptions,
  connectProject,
  loadProject,
  placedUrl,
  requireConsent,
} from "./context.ts";
import { duration, painter, printJson, type Terminal } from "./terminal.ts";

const seedHelp = `Usage: plinth seed [options]

Writes what the application begins with: the SQL and TypeScript of the folder seeds, and of seeds/<environment>.
Each seed is run once, and again when it was edited; all in one transaction.

Options:
  --env NAME              The environment. Default: NODE_ENV, then development.
  --folder DIR            The seeds. Default: the configuration's, then seeds.
  --again                 Run those once more that were run before.
  --url URL               The database. Default: DATABASE_URL, then the configuration's.
  -c, --config FILE       The configuration. Default: plinth.config.ts.
  --yes                   Write into a database that isn't on this machine.
  --json                  Print data for programs.
`;

const options = {
  ...commonOptions,
  env: { type: "string" },
  folder: { type: "string" },
  again: { type: "boolean" },
  yes: { type: "boolean" },
} as const;

/** @throws what went wrong, for the caller to tell. */
export async function seedCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help === true) {
    terminal.stdout.write(seedHelp);
    return;
  }
  if (positionals.length > 0) {
    throw new ConfigError(`There is no \`plinth seed ${positionals.join(" ")}\`.`, {
      hint: "Run `plinth seed --help` for what there is.",
    });
  }
  const project = await loadProject(values, cwd);
  const url = placedUrl(values, project);
  requireConsent(url, values.yes === true, "writes into it");
  const folder =
    values.folder === undefined
      ? resolve(project.folder, project.config.seeds ?? "seeds")
      : resolve(cwd, values.folder);
  const db = await connectProject(values, project, url, { isThere: true });
  try {
    const runs = await seed(db, {
      folder,
      again: values.again === true,
      ...(values.env === undefined ? {} : { environment: values.env }),
      ...(values.json === true ? {} : { onRun: (run) => tellRun(terminal, run) }),
    });
    summarize(terminal, runs, values.json === true);
  } finally {
    await db.close();
  }
}

function tellRun(terminal: Terminal, { name, state, durationMs }: SeedRun): void {
  const colours = { failed: "red", seeded: "green", unchanged: "dim" } as const;
  const paint = painter(terminal);
  const time = state === "unchanged" ? "" : `  ${paint("dim", duration(durationMs))}`;
  terminal.stdout.write(`${paint(colours[state], state.padEnd(9))}  ${name}${time}\n`);
}

function summarize(terminal: Terminal, runs: readonly SeedRun[], isJson: boolean): void {
  if (isJson) {
    printJson(terminal, { seeds: runs });
    return;
  }
  const seeded = runs.filter(({ state }) => state === "seeded").length;
  terminal.stdout.write(
    runs.length === 0
      ? "there are no seeds\n"
      : `${seeded} seeded, ${runs.length - seeded} unchanged\n`,
  );
}
