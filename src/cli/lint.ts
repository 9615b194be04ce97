import { execFileSync } from "node:child_process";
import { relative, sep } from "node:path";
import { parseArgs } from "node:util";
import { schemeOf } from "../connect/environment.ts";
import { ConfigError } from "../core/error.ts";
import { dialectOf } from "../entry/main.ts";
import { readFolder } from "../migrate/folder.ts";
import { lintMigrations, unknownAllowances, type Finding } from "../migrate/lint/lint.ts";
import type { Transaction } from "../query/client.ts";
import {
  commonOptions,
  loadProject,
  migrationFolder,
  migrationSettings,
  urlOf,
} from "./context.ts";
import { painter, printJson, type Terminal } from "./terminal.ts";

/** What differs from a commit, by the names of migrations. */
interface Changed {
  readonly added: ReadonlySet<string>;
  readonly edited: ReadonlySet<string>;
}

function git(folder: string, ...argv: readonly string[]): string {
  try {
    return execFileSync("git", argv, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (cause) {
    throw new ConfigError("git can't tell what is new.", {
      hint: "--since takes a branch or a commit of the repository that the migrations are in.",
      cause,
    });
  }
}

/** The first part of a path below the folder, without the endings of plain files. */
function migrationOf(path: string): string {
  return path.split("/")[0]!.replace(/(?:\.up|\.down)?\.sql$|\.snapshot\.json$|\.[mc]?[jt]s$/, "");
}

function changedSince(folder: string, ref: string): Changed {
  // What begins with a dash would be an option of git's.
  if (ref.startsWith("-")) throw new ConfigError("--since takes a branch or a commit.");
  const diff = git(folder, "diff", "--name-status", "--relative", "--no-renames", ref, "--", ".");
  const untracked = git(folder, "ls-files", "--others", "--exclude-standard", "--", ".");
  const lines = diff.split("\n").filter((line) => line !== "");
  const of = (status: string): string[] =>
    lines.filter((line) => line.startsWith(status)).map((line) => migrationOf(line.slice(2)));
  const added = new Set([...of("A"), ...untracked.split("\n").filter(Boolean).map(migrationOf)]);
  return { added, edited: new Set(of("M").filter((name) => !added.has(name))) };
}

/** `plinth migrate lint` */
export async function lintCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...commonOptions,
      since: { type: "string" },
      database: { type: "string", multiple: true },
    },
  });
  const project = await loadProject(values, cwd);
  const products = values.database ??
    migrationSettings(project).databases ?? [schemeOf(urlOf(values, project))];
  const findings: (Finding & { readonly database: string })[] = [];
  for (const product of products) {
    const dialect = await dialectOf(product);
    const { families } = dialect.migrations;
    const folder = migrationFolder(project, families);
    const migrations = await readFolder<Transaction>(folder, families);
    const [unknown] = unknownAllowances(migrations);
    if (unknown !== undefined) {
      throw new ConfigError(`A comment allows ${unknown}, which is no rule.`, {
        hint: "docs/guide/lint.md lists the rules.",
      });
    }
    const changed = values.since === undefined ? undefined : changedSince(folder, values.since);
    const isWanted = (name: string): boolean =>
      changed === undefined || changed.added.has(name) || changed.edited.has(name);
    const edited = [...(changed?.edited ?? [])];
    for (const finding of lintMigrations(migrations, { dialect, edited, isWanted }))
      findings.push({ ...finding, database: families[0]! });
  }
  if (values.json === true) printJson(terminal, findings);
  else {
    printFindings(findings, terminal);
    if (findings.length === 0)
      terminal.stdout.write(
        `nothing to tell (${relative(cwd, project.folder).split(sep).join("/") || "."})\n`,
      );
  }
  return findings.length === 0 ? 0 : 1;
}

/** One paragraph for each: where, what, the safe way, and the SQL of it where a rule can tell. */
export function printFindings(findings: readonly Finding[], terminal: Terminal): void {
  const paint = painter(terminal);
  for (const { migration, line, id, message, rewrite = [], safe } of findings) {
    terminal.stdout.write(
      `${paint("bold", `${migration}:${line}`)}  ${paint("yellow", id)}  ${message}\n  ${safe}\n`,
    );
    for (const { note, sql } of rewrite) {
      const lines = [...(note === undefined ? [] : [`-- ${note}`]), ...sql.split("\n")];
      for (const text of lines) terminal.stdout.write(`    ${paint("dim", text)}\n`);
    }
  }
}
