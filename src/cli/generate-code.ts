import { readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import type { MigrationSettings } from "../connect/config.ts";
import { systemClock } from "../core/clock.ts";
import { ConfigError } from "../core/error.ts";
import { nameMigration } from "../migrate/generate.ts";
import { newModule, requireRegistry } from "../migrate/registry.ts";
import type { Project } from "./context.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

interface CodeWork {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly terminal: Terminal;
  readonly project: Project;
  readonly settings: MigrationSettings;
}

/** Options that say how SQL is made. */
const OF_SQL = ["rename", "drop", "database", "concurrently"] as const;

/** Writes a migration in code beside the module that registers migrations, which a person does then. */
export function generateCode(registry: string, work: CodeWork): void {
  const { options, project, settings, terminal } = work;
  requireRegistry(registry);
  const foreign = OF_SQL.find((option) => options[option] !== undefined);
  if (foreign !== undefined) {
    throw new ConfigError(`--${foreign} is for migrations in SQL, made of the schema.`, {
      hint: `${basename(registry)} registers migrations in code: what changes is written there.`,
    });
  }
  const known = readdirSync(dirname(registry));
  const numbering = settings.numbering ?? "timestamp";
  const name = nameMigration(work.name, numbering, known, systemClock.nowMs());
  const { file, registration, text } = newModule(registry, name, settings.down !== false);
  if (options["dry-run"] === true) {
    terminal.stdout.write(text);
    return;
  }
  writeFileSync(file, text, { flag: "wx" });
  const path = relative(project.folder, file);
  if (options.json === true) {
    printJson(terminal, { migration: name, files: [path], registration });
    return;
  }
  terminal.stdout.write(`${painter(terminal)("green", "wrote")}  ${path}\n`);
  terminal.stdout.write(`to be registered in ${basename(registry)} beside it: ${registration}\n`);
}
