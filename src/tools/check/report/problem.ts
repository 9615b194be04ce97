/** What is wrong with a query, as a person reads it. */

import type { SourceFile } from "../find/found.ts";
import { linePlace } from "../find/lines.ts";

/** What one database says. */
export interface Complaint {
  /** Undefined where all would say it. */
  readonly database: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
}

export interface Problem {
  readonly file: SourceFile;
  /** The piece of the file that is meant. */
  readonly start: number;
  readonly end: number;
  readonly complaints: readonly Complaint[];
}

/** The same piece is told of once. */
export function gathered(problems: readonly Problem[]): Problem[] {
  const found = new Map<string, Problem>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.file.path, problem.start, problem.end]);
    const known = found.get(key);
    const complaints = [...(known?.complaints ?? []), ...problem.complaints];
    found.set(key, { ...problem, complaints });
  }
  const path = (one: Problem): string => one.file.path;
  return [...found.values()].toSorted((one, other) =>
    path(one) === path(other) ? one.start - other.start : path(one) < path(other) ? -1 : 1,
  );
}

/** Where it is told. */
export interface Sheet {
  paint(style: "bold" | "cyan" | "dim" | "red", text: string): string;
  /** How many columns a text takes, so that what stands below it is in its place. */
  widthOf(text: string): number;
  /** Without what would harm a terminal. */
  safe(text: string): string;
}

const TAB = "    ";

/** The line, and below it what is meant of it. A piece of several lines is underlined in its first. */
function excerptOf({ end, file, start }: Problem, { paint, safe, widthOf }: Sheet): string[] {
  const { column, line, text } = linePlace(file, start);
  const shown = (part: string): string => safe(part.replaceAll("\t", TAB));
  const before = text.slice(0, column - 1);
  const piece = file.text.slice(start, end).split(/\r?\n/)[0]!;
  const gap = " ".repeat(widthOf(shown(before)));
  const under = "^".repeat(Math.max(1, widthOf(shown(piece))));
  const number = String(line);
  const rail = paint("dim", `${" ".repeat(number.length)} |`);
  return [
    `  ${paint("dim", `${number} |`)} ${shown(text)}`,
    `  ${rail} ${gap}${paint("red", under)}`,
  ];
}

/** Databases that say the same say it once, and what to do comes behind all of them. */
function complaintLines(complaints: readonly Complaint[], { paint, safe }: Sheet): string[] {
  const told = new Map<string, string[]>();
  for (const { database, message } of complaints)
    told.set(message, [
      ...(told.get(message) ?? []),
      ...(database === undefined ? [] : [database]),
    ]);
  const messages = [...told].map(([message, databases]) => {
    const where = databases.length === 0 ? "" : `${paint("bold", databases.join(", "))}: `;
    return `  ${where}${safe(message)}`;
  });
  const hints = new Set(complaints.flatMap(({ hint }) => hint ?? []));
  return [...messages, ...Array.from(hints, (hint) => `  ${paint("cyan", safe(hint))}`)];
}

/** `src/users.ts:12:34`, the line with what is meant underlined, and what each database says of it. */
export function problemText(problem: Problem, sheet: Sheet): string {
  const { complaints, file, start } = problem;
  const { column, line } = linePlace(file, start);
  return [
    sheet.paint("bold", sheet.safe(`${file.path}:${line}:${column}`)),
    ...excerptOf(problem, sheet),
    ...complaintLines(complaints, sheet),
  ]
    .map((text) => `${text.trimEnd()}\n`)
    .join("");
}
