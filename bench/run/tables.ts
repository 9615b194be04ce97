/** The rounds' figures as tables of ratios. */
import type { Database } from "../data/tables.ts";
import { shapeNames } from "../shapes/shapes.ts";
import { operationNames } from "../work/operations.ts";
import { baseline, type WorkKind } from "./contenders.ts";
import type { ColdStart } from "./cold-start.ts";
import type { Measured, RoundResult, WorkName } from "./results.ts";
import { geometricMean, median } from "./statistics.ts";

export interface Report {
  readonly kind: WorkKind;
  readonly database: Database;
  readonly version: string;
  readonly results: readonly RoundResult[];
  readonly inFlight: number;
  readonly coldStarts: readonly ColdStart[];
}

export type Section = "latency" | "loaded";

const headings: Record<WorkName, string> = {
  byKey: "by key",
  page: "page",
  search: "search",
  tree: "tree",
  aggregate: "aggr.",
  update: "update",
  transaction: "transact.",
  insert: "insert",
  bulk: "bulk",
  wide: "wide",
  filters: "filters",
  inList: "in list",
  joins: "joins",
  stream: "stream",
  upsert: "upsert",
  updateMany: "upd. many",
  keyset: "keyset",
  related: "related",
  checkedList: "checked",
  trees: "50 trees",
  rows: "1,000 rows",
};

export interface Table {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a report holds, in the order in which it is read. */
export function tablesOf(report: Report): Table[] {
  const { inFlight } = report;
  const tables = [
    ratioTable(report, "latency", "microseconds", "Time, one in flight"),
    ratioTable(report, "loaded", "microseconds", `Time, ${inFlight} in flight`),
    ratioTable(report, "latency", "cpuMicroseconds", "Client CPU, one in flight"),
    ratioTable(report, "loaded", "cpuMicroseconds", `Client CPU, ${inFlight} in flight`),
    memoryTable(report),
    coldStartTable(report),
  ];
  return tables.filter((table) => table !== undefined);
}

/** What the ratios are, in a sentence. */
export function headOf(report: Report): string {
  const { database, results, version } = report;
  const rounds = new Set(results.map(({ round }) => round)).size;
  return `${database}: Node ${process.version}, ${version}. Ratios to ${titleOf(report, baseline)} in the same round, medians of ${rounds}.`;
}

export interface Mean {
  readonly title: string;
  readonly ratio: number;
}

/** Of the contenders that do all operations, the least first. */
export function meansOf(report: Report, section: Section): Mean[] {
  return ratiosOf(report, section, "microseconds").flatMap(({ contender, mean }) =>
    mean === undefined ? [] : [{ title: titleOf(report, contender), ratio: mean }],
  );
}

interface Ratios {
  readonly contender: string;
  readonly ratios: readonly (number | undefined)[];
  /** Undefined where it can't do all. */
  readonly mean: number | undefined;
}

function ratiosOf(report: Report, section: Section, figure: keyof Measured): Ratios[] {
  const operations = operationsOf(report, section);
  const rows = contendersOf(report).map((contender) => {
    const ratios = operations.map((operation) =>
      medianRatio(report, contender, (result) => result[section][operation]?.[figure]),
    );
    const known = ratios.filter((ratio) => ratio !== undefined);
    const isComplete = known.length === operations.length && known.length > 0;
    return { contender, ratios, mean: isComplete ? geometricMean(known) : undefined };
  });
  return rows.sort((a, b) => (a.mean ?? Infinity) - (b.mean ?? Infinity));
}

function operationsOf({ results }: Report, section: Section): WorkName[] {
  return [...operationNames, ...shapeNames].filter((name) =>
    results.some((result) => result[section][name] !== undefined),
  );
}

function ratioTable(
  report: Report,
  section: Section,
  figure: keyof Measured,
  title: string,
): Table | undefined {
  const operations = operationsOf(report, section);
  if (operations.length === 0) return undefined;
  const body = ratiosOf(report, section, figure).map(({ contender, ratios, mean }) => [
    titleOf(report, contender),
    ...ratios.map(ratioText),
    ratioText(mean),
  ]);
  const raw = report.results.filter((result) => result.contender === baseline);
  const base = operations.map((operation) =>
    timeText(medianOf(raw.map((result) => result[section][operation]?.[figure]))),
  );
  const header = ["", ...operations.map((operation) => headings[operation]), "geo. mean"];
  return { title, header, rows: [...body, [`${titleOf(report, baseline)}, µs`, ...base, ""]] };
}

function memoryTable(report: Report): Table {
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
  const header = ["", "opened", "at the end", "peak", "peak × raw"];
  return { title: "Memory, MiB resident", header, rows };
}

function coldStartTable({ coldStarts }: Report): Table | undefined {
  if (coldStarts.length === 0) return undefined;
  const rows = coldStarts.map(({ name, aboveEmptyMs, memoryBytes }) => [
    name,
    aboveEmptyMs.toFixed(1),
    (memoryBytes / 2 ** 20).toFixed(0),
  ]);
  const title = "Cold start: process begun to first row read, above an empty script";
  return { title, header: ["", "ms", "MiB"], rows };
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
