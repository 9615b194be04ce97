/** Rows and columns in a frame, as wide as the terminal at most. */

import { painter, type Terminal } from "../terminal.ts";
import { cut, widthOf } from "./width.ts";

type Style = Parameters<ReturnType<typeof painter>>[0];

export interface GridCell {
  /** Without characters that could harm a terminal. */
  readonly text: string;
  readonly style?: Style;
}

export interface GridColumn {
  readonly title: string;
  readonly isRight?: boolean;
  /** Is never cut: what is copied from it is of no use in part. */
  readonly isWhole?: boolean;
}

export interface Grid {
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly GridCell[])[];
}

/** A column is made no narrower. */
const MIN_WIDTH = 8;
/** Where nobody knows how wide the place is, as in a file. */
const MAX_CELL = 60;

/** The widest give way first, until all fit, but for those that are shown whole. */
function fit(
  widths: readonly number[],
  columns: readonly GridColumn[],
  room: number,
): number[] | undefined {
  const isWhole = (at: number): boolean => columns[at]!.isWhole === true;
  const fitted = widths.map((width, at) => (isWhole(at) ? width : Math.min(width, MAX_CELL)));
  let over = fitted.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const yielding = fitted.map((width, at) => (isWhole(at) ? 0 : width));
    const widest = Math.max(...yielding);
    if (widest <= MIN_WIDTH) return undefined;
    const at = yielding.indexOf(widest);
    const next = Math.max(MIN_WIDTH, ...yielding.filter((width) => width < widest));
    const step = Math.min(over, Math.max(1, widest - next));
    fitted[at] = widest - step;
    over -= step;
  }
  return fitted;
}

function pad(text: string, width: number, isRight: boolean | undefined): string {
  const room = " ".repeat(Math.max(0, width - widthOf(text)));
  return isRight === true ? room + text : text + room;
}

/** One below the other, where they don't fit beside one another. */
function asRecords({ columns, rows }: Grid, terminal: Terminal, room: number): string {
  const paint = painter(terminal);
  const titles = Math.max(...columns.map(({ title }) => widthOf(title)));
  return rows
    .map((row, at) => {
      const lines = columns.map(({ isWhole, title }, column) => {
        const { style, text } = row[column]!;
        const width = isWhole === true ? Infinity : room - titles - 2;
        const shown = cut(text, Math.max(MIN_WIDTH, width));
        const name = paint("dim", pad(title, titles, false));
        return `${name}  ${style === undefined ? shown : paint(style, shown)}\n`;
      });
      return `${paint("bold", `── ${at + 1} ${"─".repeat(Math.max(0, titles - 4))}`)}\n${lines.join("")}`;
    })
    .join("");
}

export function writeGrid(grid: Grid, terminal: Terminal): string {
  const { columns, rows } = grid;
  if (columns.length === 0) return "";
  const paint = painter(terminal);
  const natural = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[at]!.text))),
  );
  const terminalWidth = terminal.stdout.isTTY === true ? terminal.stdout.columns : undefined;
  const frame = 3 * columns.length + 1;
  const widths = fit(natural, columns, (terminalWidth ?? Infinity) - frame);
  if (widths === undefined) return asRecords(grid, terminal, terminalWidth ?? Infinity);
  const line = (left: string, middle: string, right: string): string =>
    paint("dim", left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right);
  const bar = paint("dim", "│");
  const lineOf = (cells: readonly GridCell[]): string => {
    const texts = cells.map(({ style, text }, at) => {
      const shown = pad(cut(text, widths[at]!), widths[at]!, columns[at]!.isRight);
      return ` ${style === undefined ? shown : paint(style, shown)} `;
    });
    return bar + texts.join(bar) + bar;
  };
  const lines = [
    line("╭", "┬", "╮"),
    lineOf(columns.map(({ title }) => ({ text: title, style: "bold" as const }))),
    line("├", "┼", "┤"),
    ...rows.map(lineOf),
    line("╰", "┴", "╯"),
  ];
  return lines.map((text) => `${text}\n`).join("");
}
