// What the story prints with: chapters, sentences and rows, in 80 columns.
import { styleText } from "node:util";

const width = 76;

function write(line = ""): void {
  console.log(line === "" ? "" : `  ${line}`);
}

export function title(text: string): void {
  write();
  write(styleText("bold", text));
  write(styleText("dim", "═".repeat(text.length)));
}

let chapters = 0;

/** @param file Where the code of the chapter is. */
export function chapter(text: string, file: string): void {
  const heading = `${++chapters}. ${text}`;
  write();
  write();
  write(
    `${styleText(["bold", "cyan"], heading)}${styleText("dim", file.padStart(width - heading.length))}`,
  );
  write(styleText("dim", "─".repeat(width)));
}

/** Breaks text between words. */
export function say(text: string): void {
  write();
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      write(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  write(line);
}

/** What a person is told who did something wrong. */
export function refused(who: string, message: string): void {
  write();
  write(`${styleText("yellow", "✗")} ${who}: ${styleText("yellow", message)}`);
}

type Cell = boolean | number | string | null;

/** One line for each row; numbers stand right. The columns are those of the first row. */
export function rows(all: readonly Readonly<Record<string, Cell>>[]): void {
  const names = Object.keys(all[0] ?? {});
  const columns = names.map((name) => {
    const cells = all.map((row) => textOf(row[name] ?? null));
    const isRight = all.every((row) => typeof row[name] === "number");
    return {
      name,
      cells,
      isRight,
      width: Math.max(name.length, ...cells.map((cell) => cell.length)),
    };
  });
  const fit = (text: string, column: { isRight: boolean; width: number }): string =>
    column.isRight ? text.padStart(column.width) : text.padEnd(column.width);
  const lineOf = (texts: readonly string[]): string => cut(texts.join("  ").trimEnd(), width);
  write();
  write(styleText("bold", lineOf(columns.map((column) => fit(column.name, column)))));
  write(styleText("dim", lineOf(columns.map((column) => "─".repeat(column.width)))));
  for (const [at] of all.entries()) {
    write(lineOf(columns.map((column) => fit(column.cells[at] ?? "", column))));
  }
}

function textOf(cell: Cell): string {
  if (cell === null) return "·";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return typeof cell === "number" ? cell.toLocaleString("en") : cell;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
