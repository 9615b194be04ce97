import { readdirSync, existsSync } from "node:fs";
import { relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import type { MigrationSettings } from "../connect/config.ts";
import { schemeOf } from "../connect/environment.ts";
import { systemClock } from "../core/clock.ts";
import { ConfigError } from "../core/error.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { dialectOf } from "../entry/main.ts";
import {
  generate,
  generateEmpty,
  nameMigration,
  writeMigration,
  type Generated,
} from "../migrate/generate.ts";
import { readFolder } from "../migrate/folder.ts";
import { isRegistry } from "../migrate/registry.ts";
import { lintMigrations } from "../migrate/lint/lint.ts";
import { LOSS } from "../migrate/losses/find-losses.ts";
import type { Transaction } from "../query/client.ts";
import { lossesAtHand } from "./losses.ts";
import { readLastSnapshot } from "../migrate/snapshot/heads.ts";
import { familyOf } from "../migrate/diff/plan.ts";
import { questionsError, type RenameQuestion } from "../migrate/diff/rename.ts";
import { createNames } from "../schema/naming.ts";
import {
  commonOptions,
  loadProject,
  migrationFolder,
  migrationSettings,
  urlOf,
  type Project,
} from "./context.ts";
import { generateCode } from "./generate-code.ts";
import { printFindings } from "./lint.ts";
import { loadSchema } from "./schema.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

const generateOptions = {
  ...commonOptions,
  rename: { type: "string", multiple: true },
  drop: { type: "string", multiple: true },
  database: { type: "string", multiple: true },
  empty: { type: "boolean" },
  fill: { type: "boolean" },
  concurrently: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;

type Options = ReturnType<typeof parse>["values"];

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: generateOptions, allowPositionals: true });
}

interface Work {
  readonly name: string;
  readonly options: Options;
  readonly terminal: Terminal;
  readonly project: Project;
  readonly settings: MigrationSettings;
  readonly dialects: readonly Dialect[];
}

/** `plinth migrate generate NAME` */
export async function generateCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<void> {
  const { values, positionals } = parse(argv);
  const isFill = values.fill === true;
  const [name = "", ...others] = positionals;
  if ((name === "") !== isFill || others.length > 0) {
    throw new ConfigError("`plinth migrate generate` takes one name.", {
      hint: "Say what the migration does: plinth migrate generate add_users. --fill takes none.",
    });
  }
  const project = await loadProject(values, cwd);
  const settings = migrationSettings(project);
  const products = values.database ?? settings.databases ?? [schemeOf(urlOf(values, project))];
  const dialects: Dialect[] = [];
  for (const product of products) dialects.push(await dialectOf(product));
  const work: Work = { name, options: values, terminal, project, settings, dialects };
  if (isFill) return (await import("./fill.ts")).fillCommand(work);
  for (const [folder, own] of byFolder(work)) {
    if (isRegistry(folder)) generateCode(folder, work);
    else await generateInto(folder, { ...work, dialects: own });
  }
}

/** Databases may have folders of their own, each with snapshots of its own. */
function byFolder({ project, dialects }: Work): Map<string, Dialect[]> {
  const folders = new Map<string, Dialect[]>();
  for (const dialect of dialects) {
    const folder = migrationFolder(project, dialect.migrations.families);
    folders.set(folder, [...(folders.get(folder) ?? []), dialect]);
  }
  return folders;
}

async function generateInto(folder: string, work: Work): Promise<void> {
  const { options, settings, terminal } = work;
  const layout = settings.layout ?? "folders";
  if (layout === "files" && work.dialects.length > 1) {
    throw new ConfigError("Plain files are for one database in a folder.", {
      hint: "Give each database its folder: `migrations` of the configuration takes folders by database.",
    });
  }
  const before = readLastSnapshot(folder);
  const made =
    options.empty === true
      ? generateEmpty(before, work.dialects.map(familyOf))
      : await generateAnswered(work, before);
  if (made.isEmpty) {
    if (options.json === true) return printJson(terminal, { migration: null });
    terminal.stdout.write("the schema has not changed\n");
    return;
  }
  if (options["dry-run"] === true) return showSql(made, work);
  const known = existsSync(folder) ? readdirSync(folder) : [];
  const numbering = settings.numbering ?? "timestamp";
  const name = nameMigration(work.name, numbering, known, systemClock.nowMs());
  const files = writeMigration(name, made, { folder, layout, hasDown: settings.down !== false });
  const paths = files.map((path) => relative(work.project.folder, path));
  if (options.json === true) {
    printJson(terminal, { migration: name, files: paths, hazards: hazardsOf(made) });
    return;
  }
  const paint = painter(terminal);
  for (const path of paths) terminal.stdout.write(`${paint("green", "wrote")}  ${path}\n`);
  await tellFindings(work, folder, name, made);
  for (const { kind, id, message } of hazardsOf(made)) {
    const style = kind === "lossy" ? "red" : "yellow";
    terminal.stdout.write(`${paint(style, `${kind} ${id}`)}  ${message}\n`);
  }
}

/** What the SQL tells beside the plan that it was made of. */
async function tellFindings(
  work: Work,
  folder: string,
  name: string,
  made: Generated,
): Promise<void> {
  const { dialects, terminal } = work;
  const told = new Set<string>(hazardsOf(made).map(({ id }) => id));
  for (const dialect of dialects) {
    const migrations = await readFolder<Transaction>(folder, dialect.migrations.families);
    const linted = lintMigrations(migrations, { dialect, isWanted: (other) => other === name });
    const losses = await lossesAtHand(work, dialect, migrations, name);
    const findings = losses.length === 0 ? linted : linted.filter(({ id }) => id !== LOSS);
    printFindings(
      [...findings.filter(({ id }) => !told.has(id) && id !== "GN104"), ...losses],
      terminal,
    );
    for (const { id } of findings) told.add(id);
  }
}

type Answers = { readonly renames: readonly string[]; readonly drops: readonly string[] };

async function generateAnswered(
  work: Work,
  before: Parameters<typeof generate>[1],
): Promise<Generated> {
  const { options, project, settings, dialects } = work;
  const schema = await loadSchema(project);
  const names = createNames(project.config.naming);
  const run = ({ renames, drops }: Answers): Generated =>
    generate(schema, before, {
      names,
      dialects,
      renames,
      drops,
      ...(settings.ifExists === true && { isTolerant: true }),
      ...(options.concurrently === true && { hasConcurrentIndexes: true }),
    });
  let answers: Answers = { renames: options.rename ?? [], drops: options.drop ?? [] };
  for (;;) {
    const made = run(answers);
    const [question] = made.questions;
    if (question === undefined) return made;
    const flag = canAsk(work) ? await ask(question, work.terminal) : undefined;
    if (flag === undefined) throw questionsError(made.questions);
    const [, kind = "", value = ""] = /^--(rename|drop)[ =](.*)$/s.exec(flag) ?? [];
    answers =
      kind === "rename"
        ? { ...answers, renames: [...answers.renames, value] }
        : { ...answers, drops: [...answers.drops, value] };
  }
}

/** Where somebody reads the question. Elsewhere the flags are named in an error. */
function canAsk({ options, terminal }: Work): boolean {
  const { stdin, stdout } = terminal;
  return stdin?.isTTY === true && stdout.isTTY === true && options.json !== true;
}

/** @returns The flag that answers, or nothing where the terminal was closed instead. */
async function ask(question: RenameQuestion, terminal: Terminal): Promise<string | undefined> {
  const { what, path, candidates, dropFlag } = question;
  const choices = [
    ...candidates.map(({ name, flag }) => ({ flag, text: `it is ${name} now` })),
    { flag: dropFlag, text: "it is dropped, with its data" },
  ];
  terminal.stdout.write(`The ${what} ${path} is gone.\n`);
  for (const [at, { text }] of choices.entries()) terminal.stdout.write(`  ${at + 1}  ${text}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // An input that ends leaves the question open; Ctrl+C and Ctrl+D reject it.
  const closed = new Promise<undefined>((resolve) => {
    lines.once("close", () => resolve(undefined));
  });
  try {
    for (;;) {
      const asked = lines.question(`1 to ${choices.length}: `).catch(() => undefined);
      const answer = await Promise.race([asked, closed]);
      if (answer === undefined) {
        terminal.stdout.write("\n");
        return undefined;
      }
      const choice = choices[Number(answer) - 1];
      if (choice !== undefined) return choice.flag;
    }
  } finally {
    lines.close();
  }
}

function hazardsOf({ sides }: Generated): Generated["sides"][number]["up"]["hazards"] {
  const seen = new Map(
    sides
      .flatMap(({ up }) => up.hazards)
      .map((hazard) => [`${hazard.id} ${hazard.message}`, hazard]),
  );
  return [...seen.values()];
}

function showSql({ sides }: Generated, { options, terminal }: Work): void {
  if (options.json === true) {
    const texts = sides.map(({ family, upText, downText }) => ({
      database: family,
      up: upText,
      down: downText,
    }));
    printJson(terminal, texts);
    return;
  }
  for (const { family, upText, downText } of sides)
    terminal.stdout.write(`-- ${family}, up\n${upText}\n-- ${family}, down\n${downText}\n`);
}
