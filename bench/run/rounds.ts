/** Runs contenders, one process each, their order rotating from round to round. */
import type { Database } from "../data/tables.ts";
import { complain, progress, runInChild } from "./child.ts";
import { roundsOf, type Rounds, type WorkKind } from "./contenders.ts";
import { resultMark, type RoundResult, type WorkerOrder, type WorkerResult } from "./results.ts";
import { reset } from "./servers.ts";
import type { Targets } from "./targets.ts";

const workerFile = new URL("worker.ts", import.meta.url);

const work = (order: WorkerOrder): Promise<WorkerResult | string> =>
  runInChild<WorkerResult>(workerFile, order, resultMark);

export interface RoundsOptions
  extends Rounds, Omit<WorkerOrder, "mode" | "database" | "contender" | "targets"> {}

/** A contender that fails is left out of the further rounds, and named. */
export async function runRounds(
  database: Database,
  contenders: readonly string[],
  targets: Targets,
  options: RoundsOptions,
): Promise<RoundResult[]> {
  const { peersRounds: _, rounds, ...order } = options;
  const results: RoundResult[] = [];
  const broken = new Set<string>();
  const said = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length]!;
      if (broken.has(contender) || !roundsOf(contender, options).includes(round)) continue;
      progress(`${database}, round ${round + 1} of ${rounds}: ${contender}`);
      await reset(database, targets);
      const result = await work({ ...order, mode: "measure", database, contender, targets });
      if (typeof result === "string") {
        broken.add(contender);
        complain(`${database} ${contender} ended without a result:\n${result}`);
        continue;
      }
      results.push({ round, ...result });
      for (const [operation, failure] of Object.entries(result.failures)) {
        // It fails alike in every round.
        if (said.has(`${contender} ${operation}`)) continue;
        said.add(`${contender} ${operation}`);
        complain(`${database} ${contender} failed at ${operation}: ${failure}`);
      }
    }
  }
  progress("");
  return results;
}

/** @returns For each contender what it answered wrongly. */
export async function verifyAll(
  kind: WorkKind,
  database: Database,
  contenders: readonly string[],
  targets: Targets,
): Promise<Map<string, string[]>> {
  const wrong = new Map<string, string[]>();
  for (const contender of contenders) {
    await reset(database, targets);
    const order = {
      mode: "verify",
      kind,
      database,
      contender,
      targets,
      warmMs: 0,
      measureMs: 0,
      loadedMs: 0,
      inFlight: 1,
    } as const;
    const result = await work(order);
    wrong.set(contender, typeof result === "string" ? [result] : (result.wrong ?? []));
  }
  return wrong;
}
