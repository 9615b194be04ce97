/** A report for the terminal. */
import type { Report } from "./results.ts";
import { aimsText, summaryTable, type Line } from "./summary.ts";
import { headOf, tablesOf, type Table } from "./tables.ts";

export function reportText(report: Report): string {
  return [headOf(report), ...tablesOf(report).map(tableText)].join("\n\n");
}

export function summaryText(lines: readonly Line[]): string {
  return [tableText(summaryTable(lines)), aimsText(lines)].join("\n\n");
}

export function tableText({ header, rows, title }: Table): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  return [title, ...[header, ...rows].map((cells) => `  ${line(cells)}`)].join("\n");
}
