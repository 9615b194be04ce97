/**
 * Compares ways of doing the same work inside one process.
 *
 * Every round runs each way for a short slice, in an order that rotates, and takes each way's
 * ratio to the first way *in the same round*. Medians over the rounds forgive a machine that
 * other processes share; absolute times are printed only to give a sense of size.
 */
import { median } from "../run/statistics.ts";

export type Way = (turn: number) => unknown;

export interface Comparison {
  readonly title: string;
  readonly rows: readonly {
    readonly way: string;
    readonly microseconds: number;
    readonly ratio: number;
  }[];
}

export interface CompareOptions {
  rounds?: number;
  sliceMs?: number;
  /** How many of the work's promises are in flight at once. */
  inFlight?: number;
  /** How often the work runs between two looks at the clock. */
  batch?: number;
}

const quick = process.argv.includes("--quick");

export async function compare(
  title: string,
  ways: Record<string, Way>,
  options: CompareOptions = {},
): Promise<Comparison> {
  const { inFlight = 1, batch = 4 } = options;
  const rounds = quick ? 3 : (options.rounds ?? 11);
  const sliceMs = quick ? 30 : (options.sliceMs ?? 120);
  const names = Object.keys(ways);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));

  for (const name of names) await timeSlice(ways[name]!, sliceMs * 1.5, inFlight, batch);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]!;
      times.get(name)!.push(await timeSlice(ways[name]!, sliceMs, inFlight, batch));
    }
  }

  const base = times.get(names[0]!)!;
  const rows = names.map((way) => {
    const own = times.get(way)!;
    return {
      way,
      microseconds: median(own),
      ratio: median(own.map((time, round) => time / base[round]!)),
    };
  });
  print(inFlight > 1 ? `${title}, ${inFlight} in flight` : title, rows);
  return { title, rows };
}

async function timeSlice(
  way: Way,
  sliceMs: number,
  inFlight: number,
  batch: number,
): Promise<number> {
  let turn = 0;
  const start = performance.now();
  const end = start + sliceMs;
  if (inFlight > 1) {
    const line = async () => {
      while (performance.now() < end) await way(turn++);
    };
    await Promise.all(Array.from({ length: inFlight }, line));
  } else {
    do {
      for (let k = 0; k < batch; k++) {
        const result = way(turn++);
        if (isThenable(result)) await result;
      }
    } while (performance.now() < end);
  }
  return ((performance.now() - start) * 1000) / turn;
}

function print(title: string, rows: Comparison["rows"]): void {
  console.log(`\n${title}`);
  for (const { way, microseconds, ratio } of rows) {
    console.log(
      `  ${way.padEnd(66)} ${microseconds.toFixed(2).padStart(9)} µs  × ${ratio.toFixed(2)}`,
    );
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
