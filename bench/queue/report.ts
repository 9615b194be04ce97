/** The queues' figures: medians over the rounds, and ratios to the baseline of the same place in the same round. */
import { tableText } from "../run/report.ts";
import { median } from "../run/statistics.ts";
import type { Table } from "../run/tables.ts";
import { pieces, type Piece, type QueueFigure, type QueueResult } from "./results.ts";

export interface QueueRound extends QueueResult {
  readonly round: number;
}

export function queueReportText(rounds: readonly QueueRound[]): string {
  const count = new Set(rounds.map(({ round }) => round)).size;
  const head = `queues: Node ${process.version}. Medians of ${count} rounds; \`wake\` is from add to an idle worker's handler.`;
  const tables = [
    figureTable(rounds, "microseconds", "Time, µs for a job"),
    figureTable(rounds, "cpuMicroseconds", "Client CPU, µs for a job"),
    ratioTable(rounds, "microseconds", "Time, ratio"),
    ratioTable(rounds, "cpuMicroseconds", "Client CPU, ratio"),
  ];
  return [head, ...tables.map(tableText)].join("\n\n");
}

const names = Object.keys(pieces) as Piece[];
const header = ["", ...Object.values(pieces)];

/** Those of a place together, its baseline first. */
function contendersOf(rounds: readonly QueueRound[]): QueueRound[] {
  const firsts = [...new Map(rounds.map((result) => [result.contender, result])).values()];
  return firsts.sort(
    (a, b) => a.place.localeCompare(b.place) || Number(b.isBaseline) - Number(a.isBaseline),
  );
}

function figureTable(
  rounds: readonly QueueRound[],
  figure: keyof QueueFigure,
  title: string,
): Table {
  const rows = contendersOf(rounds).map(({ contender, title: name }) => {
    const own = rounds.filter((result) => result.contender === contender);
    return [name, ...names.map((piece) => text(own.map((each) => each.figures[piece]?.[figure])))];
  });
  return { title, header, rows };
}

function ratioTable(
  rounds: readonly QueueRound[],
  figure: keyof QueueFigure,
  title: string,
): Table {
  const baselines = rounds.filter(({ isBaseline }) => isBaseline);
  const rows = contendersOf(rounds).flatMap(({ contender, isBaseline, place, title: name }) => {
    const baseline = baselines.find((other) => other.place === place);
    if (baseline === undefined || isBaseline) return [];
    const ratioOf = (piece: Piece): (number | undefined)[] =>
      rounds
        .filter((result) => result.contender === contender)
        .map((result) => {
          const base = baselines.find(
            (other) => other.place === place && other.round === result.round,
          );
          const [ours, theirs] = [result, base].map((each) => each?.figures[piece]?.[figure]);
          return ours === undefined || theirs === undefined ? undefined : ours / theirs;
        });
    return [[`${name} : ${baseline.title}`, ...names.map((piece) => text(ratioOf(piece), 2))]];
  });
  return { title, header, rows };
}

function text(values: readonly (number | undefined)[], digits?: number): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return "–";
  const middle = median(known);
  return middle.toFixed(digits ?? (middle >= 100 ? 0 : 1));
}
