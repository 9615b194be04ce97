// What the tour prints with: headings, code, SQL and rows, in 80 columns, with colour only where somebody sees it.
import { styleText } from "node:util";
import type { SqlText } from "plinth";

const widthMax = 80;
const indent = "  ";
const isColoured = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";

function style(format: Parameters<typeof styleText>[0], text: string): string {
  return isColoured ? styleText(format, text, { validateStream: false }) : text;
}

function write(line = ""): void {
  process.stdout.write(line === "" ? "\n" : `${indent}${line}\n`);
}

/** Breaks text between words. Lines after the first begin with `hanging`. */
function wrap(text: string, width: number, hanging = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= width || line === "") line = longer;
    else {
      lines.push(line);
      line = hanging + word;
    }
  }
  return [...lines, line];
}

export function title(text: string): void {
  write();
  write(style("bold", text));
  write(style("dim", "═".repeat(text.length)));
}

let chapterCount = 0;

export function chapter(text: string): void {
  const heading = `${++chapterCount}. ${text}`;
  write();
  write();
  write(style(["bold", "cyan"], heading));
  write(style("dim", "─".repeat(heading.length)));
}

export function say(text: string): void {
  write();
  for (const line of wrap(text, widthMax - 2 * indent.length)) write(line);
}

/** Lines as they stand, set apart from what is said. */
function quote(lines: readonly string[], bar: string, format: "dim" | "green" | "yellow"): void {
  write();
  for (const line of lines) write(`${style("dim", bar)} ${style(format, line)}`.trimEnd());
}

export function code(text: string): void {
  quote(text.split("\n"), "│", "green");
}

/** A command and what it printed. */
export function shell(command: string, printed: string): void {
  quote([`$ ${command}`, ...printed.trimEnd().split("\n")], "┆", "dim");
}

/** The statement, with line breaks that the database does not get, and the values beside it. */
export function sqlText({ text, values }: SqlText): void {
  const width = widthMax - 2 * indent.length - 2;
  const clauses = text.split(
    / (?=(?:from|(?:inner|left|cross) join|where|group by|having|order by|limit|set|values|returning) )/,
  );
  const lines = clauses.flatMap((clause) => wrap(clause, width, "    "));
  if (values.length > 0)
    lines.push(`-- with ${values.map((value) => JSON.stringify(value)).join(", ")}`);
  quote(lines, "┆", "yellow");
}

function cellText(value: unknown): string {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  if (typeof value === "number" || typeof value === "bigint") return value.toLocaleString("en");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Numbers, and text that is one, as decimals are. */
function isNumeric(value: unknown): boolean {
  return (
    typeof value === "number" ||
    typeof value === "bigint" ||
    (typeof value === "string" && /^-?\d+\.\d+$/.test(value))
  );
}

/** One line for each row. Numbers stand right; what is too long for the page is cut. */
export function table(rows: readonly Readonly<Record<string, unknown>>[], maxRows = 12): void {
  const [first] = rows;
  if (first === undefined) throw new Error("A table of no rows has no columns.");
  const shown = rows.slice(0, maxRows);
  const gap = "  ";
  const columns = Object.keys(first).map((name) => {
    const values = shown.map((row) => row[name]);
    const given = values.filter((value) => value !== null);
    const width = Math.max(name.length, ...values.map((value) => cellText(value).length));
    return { name, width, isRight: given.length > 0 && given.every(isNumeric) };
  });
  const used = () =>
    columns.reduce((sum, { width }) => sum + width, 0) + gap.length * (columns.length - 1);
  while (used() > widthMax - 2 * indent.length) {
    const widest = columns.reduce((one, other) => (other.width > one.width ? other : one));
    widest.width--;
  }
  const fit = (text: string, width: number, isRight: boolean): string => {
    const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    return isRight ? cut.padStart(width) : cut.padEnd(width);
  };
  const line = (cells: readonly string[]): string => cells.join(gap).trimEnd();

  write();
  write(style("bold", line(columns.map(({ name, width, isRight }) => fit(name, width, isRight)))));
  write(style("dim", line(columns.map(({ width }) => "─".repeat(width)))));
  for (const row of shown) {
    write(
      line(
        columns.map(({ name, width, isRight }) => {
          const cell = fit(cellText(row[name]), width, isRight);
          return row[name] === null ? style("dim", cell) : cell;
        }),
      ),
    );
  }
  const left = rows.length - shown.length;
  if (left > 0) write(style("dim", `… and ${left.toLocaleString("en")} more`));
}

/** Names on the left, what they are on the right, broken between words. */
export function facts(pairs: Readonly<Record<string, string | undefined>>): void {
  const width = Math.max(...Object.keys(pairs).map((name) => name.length));
  const room = widthMax - 2 * indent.length - width - 2;
  write();
  for (const [name, value] of Object.entries(pairs)) {
    if (value === undefined) continue;
    wrap(value, room).forEach((text, place) =>
      write(`${style("dim", (place === 0 ? name : "").padEnd(width))}  ${text}`),
    );
  }
}

export function end(): void {
  write();
}
