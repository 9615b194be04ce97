/** Rounds of the bench as they might have been. */
import type { Measured, Report, RoundResult, WorkName } from "../../bench/run/results.ts";

type Times = Partial<Record<WorkName, number>>;

const measured = (times: Times): Partial<Record<WorkName, Measured>> =>
  Object.fromEntries(
    Object.entries(times).map(([name, microseconds]) => [
      name,
      { microseconds, cpuMicroseconds: microseconds / 2 },
    ]),
  );

/** One in flight takes these times, many in flight half of them. */
export function roundResult(
  contender: string,
  round: number,
  times: Times,
  title = contender,
): RoundResult {
  const halves = Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time / 2]));
  return {
    database: "sqlite",
    contender,
    title,
    round,
    openMs: 1,
    memoryOpenBytes: 2 ** 20,
    memoryEndBytes: 2 ** 21,
    memoryPeakBytes: contender === "raw" ? 2 ** 22 : 2 ** 23,
    latency: measured(times),
    loaded: measured(halves),
    failures: {},
  };
}

export function reportOf(
  results: readonly RoundResult[],
  { database = "sqlite", kind = "operations" }: Partial<Pick<Report, "database" | "kind">> = {},
): Report {
  return { kind, database, version: "A database 1.0", results, inFlight: 32 };
}
