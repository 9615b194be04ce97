/** What was found, as tables: the same for the terminal and for the page. */
import type { ColdStarts } from "./cold-start.ts";
import { baseline, isPeer } from "./contenders.ts";
import {
  contendersOf,
  medianOf,
  ratioOf,
  ratiosOf,
  titleOf,
  worksOf,
  type Range,
} from "./ratios.ts";
import type { Measured, Report, RoundResult, Section, WorkName } from "./results.ts";

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
  ];
  return tables.filter((table) => table !== undefined);
}

/** What the ratios are, in a sentence. */
export function headOf(report: Report): string {
  const { database, results, version } = report;
  const count = (some: readonly RoundResult[]) => new Set(some.map(({ round }) => round)).size;
  const [rounds, peers] = [
    count(results),
    count(results.filter(({ contender }) => isPeer(contender))),
  ];
  const fewer = peers > 0 && peers < rounds ? `, of the peers of ${peers}` : "";
  return `${database}: Node ${process.version}, ${version}. Ratios to ${titleOf(report, baseline)} in the same round, medians of ${rounds} round${rounds === 1 ? "" : "s"}${fewer}.`;
}

function ratioTable(
  report: Report,
  section: Section,
  figure: keyof Measured,
  title: string,
): Table | undefined {
  const names = worksOf(report, section);
  if (names.length === 0) return undefined;
  const body = ratiosOf(report, section, figure).map(({ contender, mean, ratios }) => [
    titleOf(report, contender),
    ...ratios.map((ratio) => ratioText(ratio?.ratio)),
    ratioText(mean?.ratio),
    rangeText(mean?.range),
  ]);
  const raw = report.results.filter((result) => result.contender === baseline);
  const base = names.map((name) =>
    timeText(medianOf(raw.map((result) => result[section][name]?.[figure]))),
  );
  const header = ["", ...names.map((name) => headings[name]), "geo. mean", "single rounds"];
  return { title, header, rows: [...body, [`${titleOf(report, baseline)}, µs`, ...base, "", ""]] };
}

function memoryTable(report: Report): Table {
  const rows = contendersOf(report).map((contender) => {
    const own = report.results.filter((result) => result.contender === contender);
    const mebibytes = (figure: (result: RoundResult) => number | undefined) => {
      const bytes = medianOf(own.map(figure));
      return bytes === undefined ? "–" : mebibyteText(bytes);
    };
    const peak = ratioOf(report, contender, (result) => result.memoryPeakBytes);
    return [
      titleOf(report, contender),
      mebibytes((result) => result.memoryOpenBytes),
      mebibytes((result) => result.memoryEndBytes),
      mebibytes((result) => result.memoryPeakBytes),
      ratioText(peak?.ratio),
    ];
  });
  const header = ["", "opened", "at the end", "peak", "peak × raw"];
  return { title: "Memory, MiB resident", header, rows };
}

export function coldStartTable({ emptyMemoryBytes, emptyMs, programs }: ColdStarts): Table {
  const rows = programs.map(({ aboveEmptyMs, memoryBytes, name }) => [
    name,
    aboveEmptyMs.toFixed(1),
    mebibyteText(memoryBytes),
  ]);
  return {
    title: "Cold start on SQLite: process begun to first row read, above an empty program",
    header: ["", "ms", "MiB"],
    rows: [
      ...rows,
      ["the empty program itself", emptyMs.toFixed(1), mebibyteText(emptyMemoryBytes)],
    ],
  };
}

export const mebibyteText = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

export function ratioText(ratio: number | undefined): string {
  return ratio === undefined ? "–" : ratio.toFixed(2);
}

/** The lowest and the highest, or nothing where they say no more than the figure. */
export function rangeText(range: Range | undefined): string {
  if (range === undefined) return "–";
  const [lowest, highest] = [ratioText(range.lowest), ratioText(range.highest)];
  return lowest === highest ? lowest : `${lowest}–${highest}`;
}

function timeText(microseconds: number | undefined): string {
  return microseconds === undefined ? "–" : microseconds.toFixed(microseconds >= 100 ? 0 : 1);
}
