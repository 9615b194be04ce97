/** What the rounds' figures are as multiples of the bare driver's in the same round. */
import { shapeNames } from "../shapes/shapes.ts";
import { operationNames } from "../work/operations.ts";
import { baseline } from "./contenders.ts";
import type { Measured, Report, RoundResult, Section, WorkName } from "./results.ts";
import { geometricMean, median } from "./statistics.ts";

/** The lowest and the highest of single rounds: what lies within is chance. */
export interface Range {
  readonly lowest: number;
  readonly highest: number;
}

export interface Ratio {
  /** The median over the rounds. */
  readonly ratio: number;
  readonly range: Range;
}

export interface Ratios {
  readonly contender: string;
  /** In the order of `worksOf`. */
  readonly ratios: readonly (Ratio | undefined)[];
  /** The geometric mean of the ratios. Undefined where it can't do all. */
  readonly mean: Ratio | undefined;
}

export type Read = (result: RoundResult) => number | undefined;

const works: readonly WorkName[] = [...operationNames, ...shapeNames];

/** The pieces of work that some contender was measured at. */
export function worksOf({ results }: Report, section: Section): WorkName[] {
  return works.filter((name) => results.some((result) => result[section][name] !== undefined));
}

/** The least mean first, and last who can't do all. */
export function ratiosOf(report: Report, section: Section, figure: keyof Measured): Ratios[] {
  const reads = worksOf(report, section).map(
    (name): Read =>
      (result) =>
        result[section][name]?.[figure],
  );
  const rows = contendersOf(report).map((contender) => ({
    contender,
    ratios: reads.map((read) => ratioOf(report, contender, read)),
    mean: meanOf(report, contender, reads),
  }));
  return rows.sort((a, b) => (a.mean?.ratio ?? Infinity) - (b.mean?.ratio ?? Infinity));
}

export function ratioOf(report: Report, contender: string, read: Read): Ratio | undefined {
  const known = roundRatios(report, contender, read).filter((ratio) => ratio !== undefined);
  return known.length === 0 ? undefined : { ratio: median(known), range: rangeOf(known) };
}

/** The geometric mean of the medians; its range is that of the rounds' own means. */
function meanOf(report: Report, contender: string, reads: readonly Read[]): Ratio | undefined {
  const medians = reads.map((read) => ratioOf(report, contender, read)?.ratio);
  const known = medians.filter((ratio) => ratio !== undefined);
  if (known.length === 0 || known.length < reads.length) return undefined;
  const ratio = geometricMean(known);
  const byRead = reads.map((read) => roundRatios(report, contender, read));
  const means = byRead[0]!.flatMap((_, at) => {
    const round = byRead.map((ratios) => ratios[at]).filter((value) => value !== undefined);
    return round.length === reads.length ? [geometricMean(round)] : [];
  });
  return { ratio, range: rangeOf([ratio, ...means]) };
}

/** One for each round in which the contender ran. */
function roundRatios({ results }: Report, contender: string, read: Read): (number | undefined)[] {
  return results
    .filter((result) => result.contender === contender)
    .map((result) => {
      const base = results.find(
        (other) => other.round === result.round && other.contender === baseline,
      );
      const [own, raw] = [read(result), base && read(base)];
      return own === undefined || raw === undefined ? undefined : own / raw;
    });
}

function rangeOf(values: readonly number[]): Range {
  return { lowest: Math.min(...values), highest: Math.max(...values) };
}

export function contendersOf({ results }: Report): string[] {
  return [...new Set(results.map(({ contender }) => contender))];
}

export function titleOf({ results }: Report, contender: string): string {
  return results.find((result) => result.contender === contender)?.title ?? contender;
}

export function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

export interface Mean extends Ratio {
  readonly contender: string;
  readonly title: string;
}

/** The times of the contenders that do all, the least first. */
export function meansOf(report: Report, section: Section): Mean[] {
  return ratiosOf(report, section, "microseconds").flatMap(({ contender, mean }) =>
    mean === undefined ? [] : [{ contender, title: titleOf(report, contender), ...mean }],
  );
}
