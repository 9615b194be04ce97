/** Runs contenders, one process each, their order rotating from round to round. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { Database } from "../data/tables.ts";
import type { WorkKind } from "./contenders.ts";
import { resultMark, type RoundResult, type WorkerOrder, type WorkerResult } from "./results.ts";
import { reset } from "./servers.ts";
import type { Targets } from "./targets.ts";

const workerFile = fileURLToPath(new URL("worker.ts", import.meta.url));
const workerLimitMs = 300_000;

export interface RoundsOptions extends Omit<
  WorkerOrder,
  "mode" | "database" | "contender" | "targets"
> {
  readonly rounds: number;
}

/** A contender that fails is left out of the further rounds, and named. */
export async function runRounds(
  database: Database,
  contenders: readonly string[],
  targets: Targets,
  options: RoundsOptions,
): Promise<RoundResult[]> {
  const { rounds, ...order } = options;
  const results: RoundResult[] = [];
  const broken = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length]!;
      if (broken.has(contender)) continue;
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

/** @returns The result, or, as text, what the process said when it ended without one. */
async function work(order: WorkerOrder): Promise<WorkerResult | string> {
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--no-warnings", workerFile, JSON.stringify(order)],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // Libraries look out for mistakes while a program is made, and what is measured is one in use.
      env: { ...process.env, NODE_ENV: "production" },
    },
  );
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (complaint += chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), workerLimitMs);
  await new Promise((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  const line = output.split("\n").find((text) => text.startsWith(resultMark));
  if (line === undefined) return (complaint || output).slice(-2000) || "It said nothing.";
  return JSON.parse(line.slice(resultMark.length)) as WorkerResult;
}

/** One line that rewrites itself; nothing where no person looks. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function complain(text: string): void {
  progress("");
  process.stderr.write(`${text}\n`);
}
