import { styleText } from "node:util";

/** Where a command writes; `process` is one. */
export interface Terminal {
  readonly stdout: {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    /** How wide it is, where it is a terminal. */
    readonly columns?: number;
  };
  readonly stderr: { write(text: string): unknown };
  /** Where people answer. Without one nothing is asked. */
  readonly stdin?: { readonly isTTY?: boolean };
}

type Style = Parameters<typeof styleText>[0];

/** Colours for people at a terminal, nothing for files and programs. */
export function painter({ stdout }: Terminal): (style: Style, text: string) => string {
  const isColoured = stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  return (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text);
}

/** Data for programs. */
export function printJson({ stdout }: Terminal, value: unknown): void {
  stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Rows whose columns stand below one another. */
export function columnsOf(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Such as `12 ms` or `3.4 s`. */
export function duration(durationMs: number): string {
  return durationMs < 1_000
    ? `${Math.round(durationMs)} ms`
    : `${(durationMs / 1_000).toFixed(1)} s`;
}
