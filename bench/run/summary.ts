/** A run in short: beside each aim Plinth's figure and the best peer's. */
import { operationNames } from "../work/operations.ts";
import {
  aimedInFlight,
  coldStartAimMs,
  memoryAim,
  ratioAims,
  typesAim,
  type RatioAim,
} from "./aims.ts";
import type { ColdStarts } from "./cold-start.ts";
import { roleOf, type Role } from "./contenders.ts";
import type { Findings } from "./findings.ts";
import {
  contendersOf,
  medianOf,
  ratioOf,
  ratiosOf,
  titleOf,
  worksOf,
  type Range,
  type Ratio,
} from "./ratios.ts";
import type { Report } from "./results.ts";
import { mebibyteText, rangeText, type Table } from "./tables.ts";

/** Of one contender. */
interface Figure {
  readonly value: number;
  readonly range?: Range;
  /** Whose it is, or what it is of. */
  readonly note?: string;
}

export interface Line {
  readonly title: string;
  /** What prints it, behind `npm run bench -- `. */
  readonly command: string;
  readonly aim?: { readonly text: string; readonly isMet: boolean };
  readonly digits: number;
  readonly own?: Figure;
  readonly checked?: Figure;
  readonly peer?: Figure;
  readonly prepared?: Figure;
}

/** A line for each aim that something was measured for. */
export function linesOf(findings: Findings): Line[] {
  const { coldStarts, types } = findings;
  const lines = [
    ...ratioAims.map((aim) => ratioLine(findings, aim)),
    memoryLine(findings),
    ...(coldStarts === undefined ? [] : coldStartLines(coldStarts)),
    ...(types === undefined ? [] : typesLines(types)),
  ];
  return lines.filter((line) => line !== undefined);
}

export function summaryTable(lines: readonly Line[]): Table {
  const rows = lines.map(({ aim, checked, command, digits, own, peer, prepared, title }) => [
    title,
    aim?.text ?? "",
    ...[own, checked, peer, prepared].map((figure) => figureText(figure, digits)),
    `npm run bench -- ${command}`,
  ]);
  return {
    title: "In short",
    header: [
      "",
      "aim",
      "plinth",
      "checked SQL",
      "best peer, unprepared",
      "best peer, prepared by hand",
      "printed by",
    ],
    rows,
  };
}

/** Which aims were missed, in a sentence. */
export function aimsText(lines: readonly Line[]): string {
  const aimed = lines.filter(({ aim }) => aim !== undefined);
  const missed = aimed.filter(({ aim }) => !aim!.isMet);
  if (missed.length === 0) return `Aims missed: none of ${aimed.length}.`;
  const named = missed.map(
    ({ aim, digits, own, title }) =>
      `${title} (${own?.value.toFixed(digits) ?? "–"}, aim ${aim!.text})`,
  );
  return `Aims missed: ${missed.length} of ${aimed.length}. ${named.join("; ")}.`;
}

function ratioLine({ reports }: Findings, aim: RatioAim): Line | undefined {
  const report = reports.find(
    ({ database, kind }) => database === aim.database && kind === aim.kind,
  );
  if (report === undefined) return undefined;
  if (aim.section === "loaded" && report.inFlight !== aimedInFlight) return undefined;
  if (isOfAll(aim) && !hasAll(report)) return undefined;
  const figures = figuresOf(report, (contender) => aimedFigure(report, aim, contender));
  const work = isOfAll(aim) ? "" : ` --ops ${aim.of}`;
  const command = `${aim.database}${work}`;
  return lineOf({ title: aim.title, command, digits: 2, ...figures }, aim.atMost);
}

const isOfAll = ({ of }: RatioAim): boolean => of === "mean" || of === "slowest";

/** The mean of some of the nine would be another figure. */
function hasAll(report: Report): boolean {
  const measured = worksOf(report, "latency");
  return operationNames.every((name) => measured.includes(name));
}

function aimedFigure(report: Report, aim: RatioAim, contender: string): Figure | undefined {
  const found = ratiosOf(report, aim.section, aim.figure).find(
    (row) => row.contender === contender,
  );
  const names = worksOf(report, aim.section);
  if (aim.of === "mean") return figureOf(found?.mean);
  if (aim.of !== "slowest") return figureOf(found?.ratios[names.indexOf(aim.of)]);
  if (found?.mean === undefined) return undefined;
  const values = found.ratios.map((each) => each!.ratio);
  const at = values.indexOf(Math.max(...values));
  return { ...figureOf(found.ratios[at])!, note: names[at]! };
}

const figureOf = (ratio: Ratio | undefined): Figure | undefined =>
  ratio && { value: ratio.ratio, range: ratio.range };

type Figures = Pick<Line, "own" | "checked" | "peer" | "prepared">;

/** Plinth's own, and the least of the peers', with the name of whose it is. */
function figuresOf(report: Report, read: (contender: string) => Figure | undefined): Figures {
  const best = (role: Role): Figure | undefined => {
    const peers = contendersOf(report).filter((contender) => roleOf(contender) === role);
    return leastOf(
      peers.map((contender) => {
        const figure = read(contender);
        if (figure === undefined) return undefined;
        // The column says already that they are prepared, and the table of the report which driver they use.
        const title = titleOf(report, contender).replace(/,.*| \(.*\)/, "");
        const note = figure.note === undefined ? title : `${title}, ${figure.note}`;
        return { value: figure.value, note };
      }),
    );
  };
  return given({
    own: read("plinth"),
    checked: read("plinth-checked"),
    peer: best("peer"),
    prepared: best("prepared"),
  });
}

function leastOf(figures: readonly (Figure | undefined)[]): Figure | undefined {
  const known = figures.filter((figure) => figure !== undefined);
  return known.toSorted((a, b) => a.value - b.value)[0];
}

/** Without what is undefined. */
function given(figures: { [Name in keyof Figures]: Figures[Name] | undefined }): Figures {
  const known = Object.entries(figures).filter(([, figure]) => figure !== undefined);
  return Object.fromEntries(known) as Figures;
}

function lineOf(line: Line, atMost: number): Line | undefined {
  if (line.own === undefined && line.checked === undefined) return undefined;
  // By the digits that are printed: nobody sees why 0.904 should not be 0.90.
  const isMet = Number(line.own?.value.toFixed(line.digits)) <= atMost;
  return { ...line, aim: { text: `≤ ${atMost.toFixed(line.digits)}`, isMet } };
}

function memoryLine({ reports }: Findings): Line | undefined {
  const report = reports.find(
    ({ database, kind }) => database === "sqlite" && kind === "operations",
  );
  if (report === undefined || !hasAll(report)) return undefined;
  const peak = (contender: string) =>
    figureOf(ratioOf(report, contender, (result) => result.memoryPeakBytes));
  const raw = medianOf(
    report.results
      .filter(({ contender }) => contender === "raw")
      .map((result) => result.memoryPeakBytes),
  );
  const title = `SQLite, peak memory${raw === undefined ? "" : ` (1.00: ${mebibyteText(raw)} MiB)`}`;
  return lineOf({ title, command: "sqlite", digits: 2, ...figuresOf(report, peak) }, memoryAim);
}

function coldStartLines({ emptyMs, programs }: ColdStarts): (Line | undefined)[] {
  const own = programs.find(({ name }) => name === "plinth")?.aboveEmptyMs;
  const peer = leastOf(
    programs
      .filter(({ name }) => roleOf(name) === "peer")
      .map(({ aboveEmptyMs, name }) => ({ value: aboveEmptyMs, note: name })),
  );
  if (own === undefined) return [];
  const title = `SQLite, cold start, ms above the ${emptyMs.toFixed(0)} of an empty program`;
  const figures = given({ own: { value: own }, checked: undefined, peer, prepared: undefined });
  const line = lineOf({ title, command: "cold", digits: 1, ...figures }, coldStartAimMs);
  if (peer === undefined) return [line];
  const multiple: Line = {
    title: "SQLite, cold start, × the best peer's",
    command: "cold",
    digits: 2,
    own: { value: own / peer.value },
    peer: { ...peer, value: 1 },
  };
  return [line, multiple];
}

/** By both compilers; the figures stand behind the compiler's own column. */
function typesLines(types: readonly Table[]): Line[] {
  const { aheadOf, tables } = typesAim;
  const table = types.find(({ title }) => title === `${tables} tables`);
  if (table === undefined) return [];
  return ["TypeScript 7", "TypeScript 6"].flatMap((compiler) => {
    const column = table.header.indexOf(`${compiler}, s`) + 1;
    const secondsOf = (row: readonly string[]) => ({ value: Number(row[column]), note: row[0]! });
    const figures = table.rows.map(secondsOf);
    const own = figures.find(({ note }) => note === "plinth");
    const peer = leastOf(figures.filter(({ note }) => note !== "plinth"));
    if (own === undefined) return [];
    const rivals = figures.filter(({ note }) => aheadOf.some((name) => name === note));
    return {
      title: `${tables} tables, what 1,000 queries add for ${compiler}, s`,
      command: "types",
      digits: 2,
      aim: {
        text: `< ${aheadOf.join(", ")}`,
        isMet: rivals.every(({ value }) => own.value < value),
      },
      ...given({ own: { value: own.value }, checked: undefined, peer, prepared: undefined }),
    };
  });
}

function figureText(figure: Figure | undefined, digits: number): string {
  if (figure === undefined) return "–";
  const { note, range, value } = figure;
  const text = value.toFixed(digits);
  const spread = rangeText(range);
  const rounds = range === undefined || spread === text ? [] : [spread];
  const inBrackets = [...rounds, ...(note === undefined ? [] : [note])];
  return inBrackets.length === 0 ? text : `${text} (${inBrackets.join(", ")})`;
}
