import { parseArgs } from "node:util";
import { ConfigError } from "../core/error.ts";
import { check } from "../tools/check/check.ts";
import { linePlace } from "../tools/check/find/lines.ts";
import { checkOffline } from "../tools/check/offline.ts";
import type { CheckReport } from "../tools/check/project.ts";
import { problemText, type Problem, type Sheet } from "../tools/check/report/problem.ts";
import { loadCheckedProject, outOf } from "./check-project.ts";
import { commonOptions, loadProject } from "./context.ts";
import { duration, painter, printJson, type Terminal } from "./terminal.ts";
import { safe, widthOf } from "./text/width.ts";

const help = `Usage: plinth check [options]

Checks all SQL that is written by hand: the texts of db.query("…"), templates of named("…") and queries/**/*.sql. The
databases themselves say what it means, with the project's migrations applied: in this process where they can, else on a
server, which is asked for what is new. Writes the types of all queries into one module, and what the databases said
into .plinth/queries: commit both. Exits with 1 where something is wrong.

Options:
  --offline               Ask no database, and write nothing: exit with 1 where what is committed isn't what the SQL,
                          the migrations and the schema need. For CI.
  --again                 Ask about what was checked before as well: after an update of Plinth, say.
  --watch                 Check again whenever a file changes, until Ctrl-C.
  --url URL               The server, where a scratch database is made and dropped. Default: DATABASE_URL, then the
                          configuration's.
  -c, --config FILE       The configuration. Default: plinth.config.ts.
  --json                  Print data for programs.
`;

const options = {
  ...commonOptions,
  again: { type: "boolean" },
  offline: { type: "boolean" },
  watch: { type: "boolean" },
} as const;

/** `plinth check` */
export async function checkCommand(
  argv: readonly string[],
  terminal: Terminal,
  cwd: string,
): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help === true) {
    terminal.stdout.write(help);
    return 0;
  }
  if (positionals.length > 0) {
    throw new ConfigError(`There is no \`plinth check ${positionals.join(" ")}\`.`, {
      hint: "Run `plinth check --help` for what there is.",
    });
  }
  const project = await loadProject(values, cwd);
  if (values.watch === true) {
    const { watchChecks } = await import("./check-watch.ts");
    return watchChecks(argv, project.folder, outOf(project));
  }
  const beginMs = performance.now();
  const checked = await loadCheckedProject(values, project);
  const isOffline = values.offline === true;
  const report = await (isOffline ? checkOffline(checked) : check(checked));
  const isRight = report.problems.length === 0 && report.faults.length === 0;
  if (values.json === true) printJson(terminal, dataOf(report));
  else show(report, isOffline, performance.now() - beginMs, terminal);
  return isRight ? 0 : 1;
}

function problemData({ complaints, end, file, start }: Problem): object {
  const first = linePlace(file, start);
  const last = linePlace(file, end);
  return {
    file: file.path,
    line: first.line,
    column: first.column,
    endLine: last.line,
    endColumn: last.column,
    complaints: complaints.map(({ database = null, hint = null, message }) => ({
      database,
      message,
      hint,
    })),
  };
}

function dataOf({ faults, problems, ...report }: CheckReport): object {
  return {
    isRight: problems.length === 0 && faults.length === 0,
    ...report,
    problems: problems.map(problemData),
    faults,
  };
}

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : what.replace(/y$/, "ie").concat("s")}`;
}

function show(
  { databases, described, faults, problems, queries, removed, written }: CheckReport,
  isOffline: boolean,
  durationMs: number,
  terminal: Terminal,
): void {
  const paint = painter(terminal);
  const print = (line: string): unknown => terminal.stdout.write(`${line}\n`);
  const sheet: Sheet = { paint, safe, widthOf: (text) => widthOf(text) };
  for (const problem of problems) terminal.stdout.write(`${problemText(problem, sheet)}\n`);
  for (const fault of faults) print(`${paint("red", "fault")}     ${safe(fault)}`);
  const on = `${counted(queries, "query")} on ${databases.join(" and ")}`;
  if (problems.length + faults.length > 0) {
    const files = new Set(problems.map(({ file }) => file.path)).size;
    const where = files > 1 ? ` in ${counted(files, "file")}` : "";
    const found = [
      ...(problems.length > 0 ? [counted(problems.length, "problem") + where] : []),
      ...(faults.length > 0 ? [counted(faults.length, "fault")] : []),
    ];
    print(`${paint("red", "wrong")}     ${found.join(", ")}; ${on}`);
  } else if (isOffline) print(`${paint("green", "right")}     ${on}, as they were checked`);
  else
    print(`${paint("green", "right")}     ${on}, ${described} asked now, ${duration(durationMs)}`);
  showFiles(written, removed, print);
}

/** Metadata is many files, of which the number tells enough. */
function showFiles(
  written: readonly string[],
  removed: readonly string[],
  print: (line: string) => unknown,
): void {
  const isMetadata = (path: string): boolean => path.endsWith(".json");
  for (const path of written) if (!isMetadata(path)) print(`wrote     ${path}`);
  const files = written.filter(isMetadata).length;
  const parts = [
    ...(files > 0 ? [`${files} written`] : []),
    ...(removed.length > 0 ? [`${removed.length} removed`] : []),
  ];
  if (parts.length > 0) print(`metadata  .plinth/queries: ${parts.join(", ")}`);
}
