/** Turns the rounds' figures into tables of ratios. */
import type { Database } from "../data/tables.ts";
import { operationNames, type OperationName } from "../work/operations.ts";
import { baseline } from "./contenders.ts";
import type { ColdStart } from "./cold-start.ts";
import type { Measured, RoundResult } from "./results.ts";
import { geometricMean, median } from "./statistics.ts";

export interface Report {
  readonly database: Database;
  readonly version: string;
  readonly results: readonly RoundResult[];
  readonly inFlight: number;
  readonly coldStarts: readonly ColdStart[];
}

type Section = "latency" | "loaded";

const headings: Record<OperationName, string> = {
  byKey: "by key",
  page: "page",
  search: "search",
  tree: "tree",
  aggregate: "aggr.",
  update: "update",
  transaction: "transact.",
  insert: "insert",
  bulk: "bulk",
};

export function reportText(report: Report): string {
  const { database, version, inFlight } = report;
  const rounds = new Set(report.results.map(({ round }) => round)).size;
  const parts = [
    `${database}: Node ${process.version}, ${version}. Ratios to ${titleOf(report, baseline)} in the same round, medians of ${rounds}.`,
    ratioTable(report, "latency", "microseconds", "Time, one in flight"),
    ratioTable(report, "loaded", "microseconds", `Time, ${inFlight} in flight`),
    ratioTable(report, "latency", "cpuMicroseconds", "Client CPU, one in flight"),
    ratioTable(report, "loaded", "cpuMicroseconds", `Client CPU, ${inFlight} in flight`),
    memoryTable(report),
    coldStartTable(report),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function ratioTable(
  report: Report,
  section: Section,
  figure: keyof Measured,
  title: string,
): string {
  const { results } = report;
  const operations = operationNames.filter((name) =>
    results.some((result) => result[section][name] !== undefined),
  );
  if (operations.length === 0) return "";

  const rows = contendersOf(report).map((contender) => {
    const ratios = operations.map((operation) =>
      medianRatio(report, contender, (result) => result[section][operation]?.[figure]),
    );
    const known = ratios.filter((ratio) => ratio !== undefined);
    const mean = known.length === operations.length ? geometricMean(known) : undefined;
    return { contender, ratios, mean };
  });
  rows.sort((a, b) => (a.mean ?? Infinity) - (b.mean ?? Infinity));

  const body = rows.map(({ contender, ratios, mean }) => [
    titleOf(report, contender),
    ...ratios.map(ratioText),
    ratioText(mean),
  ]);
  const base = operations.map((operation) =>
    timeText(
      medianOf(
        results
          .filter((result) => result.contender === baseline)
          .map((result) => result[section][operation]?.[figure]),
      ),
    ),
  );
  const unit = `${titleOf(report, baseline)}, µs`;
  const header = ["", ...operations.map((operation) => headings[operation]), "geo. mean"];
  return `${title}\n${tableText(header, [...body, [unit, ...base, ""]])}`;
}

function memoryTable(report: Report): string {
  const rows = contendersOf(report).map((contender) => {
    const own = report.results.filter((result) => result.contender === contender);
    const mebibytes = (figure: (result: RoundResult) => number | undefined) => {
      const bytes = medianOf(own.map(figure));
      return bytes === undefined ? "–" : (bytes / 2 ** 20).toFixed(0);
    };
    const peak = medianRatio(report, contender, (result) => result.memoryPeakBytes);
    return [
      titleOf(report, contender),
      mebibytes((result) => result.memoryOpenBytes),
      mebibytes((result) => result.memoryEndBytes),
      mebibytes((result) => result.memoryPeakBytes),
      ratioText(peak),
    ];
  });
  return `Memory, MiB resident\n${tableText(["", "opened", "at the end", "peak", "peak × raw"], rows)}`;
}

function coldStartTable({ coldStarts }: Report): string {
  if (coldStarts.length === 0) return "";
  const rows = coldStarts.map(({ name, aboveEmptyMs, memoryBytes }) => [
    name,
    aboveEmptyMs.toFixed(1),
    (memoryBytes / 2 ** 20).toFixed(0),
  ]);
  return `Cold start: process begun to first row read, above an empty script\n${tableText(["", "ms", "MiB"], rows)}`;
}

function contendersOf({ results }: Report): string[] {
  return [...new Set(results.map(({ contender }) => contender))];
}

function titleOf({ results }: Report, contender: string): string {
  return results.find((result) => result.contender === contender)?.title ?? contender;
}

/** The median over the rounds of the ratio to the baseline in the same round. */
function medianRatio(
  { results }: Report,
  contender: string,
  figure: (result: RoundResult) => number | undefined,
): number | undefined {
  const ratios = results
    .filter((result) => result.contender === contender)
    .map((result) => {
      const base = results.find(
        (other) => other.round === result.round && other.contender === baseline,
      );
      const [own, raw] = [figure(result), base && figure(base)];
      return own === undefined || raw === undefined ? undefined : own / raw;
    });
  return medianOf(ratios);
}

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? "–" : ratio.toFixed(2);
}

function timeText(microseconds: number | undefined): string {
  return microseconds === undefined ? "–" : microseconds.toFixed(microseconds >= 100 ? 0 : 1);
}

function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  return [header, ...rows].map((cells) => `  ${line(cells)}`).join("\n");
}
