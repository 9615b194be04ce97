/** Runs the queues, one process each, their order rotating from round to round. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { complain, progress, runInChild } from "../run/child.ts";
import { queueContenderNames } from "./contender.ts";
import { queueReportText, type QueueRound } from "./report.ts";
import { queueResultMark, type QueueOrder, type QueueResult } from "./results.ts";
import { withQueueServers } from "./servers.ts";

export interface QueueBenchOptions {
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly only: readonly string[] | undefined;
  readonly skip: readonly string[];
}

const workerFile = new URL("worker.ts", import.meta.url);

/** @returns Whether all contenders did all pieces of work. */
export async function measureQueues(options: QueueBenchOptions): Promise<boolean> {
  const contenders = queueContenderNames().filter(
    (name) => options.only?.includes(name) !== false && !options.skip.includes(name),
  );
  const pace = options.isQuick
    ? { jobCount: 500, measureMs: 300 }
    : { jobCount: 5_000, measureMs: 1_500 };
  const rounds: QueueRound[] = [];
  let isComplete = true;
  await withQueueServers(async (targets) => {
    for (let round = 0; round < options.rounds; round++) {
      for (let i = 0; i < contenders.length; i++) {
        const contender = contenders[(i + round) % contenders.length]!;
        progress(`queues, round ${round + 1} of ${options.rounds}: ${contender}`);
        const folder = mkdtempSync(join(tmpdir(), "plinth-bench-queue-"));
        const order: QueueOrder = { contender, targets: { ...targets, folder }, ...pace };
        const result = await runInChild<QueueResult>(workerFile, order, queueResultMark);
        rmSync(folder, { recursive: true, force: true });
        if (typeof result === "string") {
          isComplete = false;
          complain(`${contender} ended without a result:\n${result}`);
          continue;
        }
        rounds.push({ round, ...result });
        for (const [piece, failure] of Object.entries(result.failures)) {
          isComplete = false;
          complain(`${contender} failed at ${piece}: ${failure}`);
        }
      }
    }
  });
  progress("");
  if (rounds.length > 0) process.stdout.write(`\n${queueReportText(rounds)}\n`);
  return isComplete;
}
