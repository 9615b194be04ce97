/** One process, one contender: opens its queue, does the pieces of work, prints one JSON line. */
import { setTimeout as sleep } from "node:timers/promises";

import { median } from "../run/statistics.ts";
import { loadQueueContender, type MailJob, type OpenQueue } from "./contender.ts";
import {
  queueResultMark,
  type Piece,
  type QueueFigure,
  type QueueOrder,
  type QueueResult,
} from "./results.ts";

const order = JSON.parse(process.argv[2]!) as QueueOrder;
const inFlight = 32;
const batchSize = 1_000;
const wakeCount = 100;
/** After the last job a worker needs a moment to be idle. */
const restMs = 20;

const job: MailJob = {
  to: "ada@example.org",
  subject: "Your order has left us",
  text: "It is on its way, and should be with you in two days. Thank you for your patience. ".repeat(
    2,
  ),
};

const contender = await loadQueueContender(order.contender);
const queue = await contender.open(order.targets);
const works: Record<Piece, () => Promise<QueueFigure>> = {
  add: () => measureAdds(1),
  addLoaded: () => measureAdds(inFlight),
  addMany: () => measureBatches(),
  work: () => measureWork(1),
  workLoaded: () => measureWork(inFlight),
  wake: () => measureWakes(),
};
const figures: QueueResult["figures"] = {};
const failures: QueueResult["failures"] = {};
for (const [piece, work] of Object.entries(works) as [Piece, () => Promise<QueueFigure>][]) {
  try {
    await queue.clear();
    globalThis.gc?.();
    figures[piece] = await work();
  } catch (error) {
    failures[piece] = String((error as Error)?.stack ?? error).slice(0, 600);
  }
}
await queue.clear();
const { isBaseline = false, place, title } = contender;
const result: QueueResult = {
  contender: order.contender,
  title,
  place,
  isBaseline,
  figures,
  failures,
};
process.stdout.write(`\n${queueResultMark}${JSON.stringify(result)}\n`, () => process.exit(0));

/** @param work Returns how many jobs it did. */
async function measured(work: () => Promise<number>): Promise<QueueFigure> {
  const cpuBefore = process.cpuUsage();
  const startMs = performance.now();
  const count = await work();
  const elapsedMs = performance.now() - startMs;
  const cpu = process.cpuUsage(cpuBefore);
  return {
    microseconds: (elapsedMs * 1_000) / count,
    cpuMicroseconds: (cpu.user + cpu.system) / count,
  };
}

async function addFor(ms: number, lines: number): Promise<number> {
  const endMs = performance.now() + ms;
  let count = 0;
  const line = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await queue.add(job);
      count++;
    }
  };
  await Promise.all(Array.from({ length: lines }, line));
  return count;
}

async function measureAdds(lines: number): Promise<QueueFigure> {
  await addFor(order.measureMs / 4, lines);
  return await measured(() => addFor(order.measureMs, lines));
}

async function measureBatches(): Promise<QueueFigure> {
  const batch = Array.from({ length: batchSize }, () => job);
  await queue.addMany(batch);
  return await measured(async () => {
    const endMs = performance.now() + order.measureMs;
    let count = 0;
    do {
      await queue.addMany(batch);
      count += batchSize;
    } while (performance.now() < endMs);
    return count;
  });
}

/** Until as many were begun as there are, and all of them are acknowledged. */
async function workOff(opened: OpenQueue, concurrency: number): Promise<number> {
  let count = 0;
  let end!: () => void;
  const isEmpty = new Promise<void>((resolve) => (end = resolve));
  const worker = await opened.work(concurrency, () => {
    if (++count === order.jobCount) end();
  });
  await isEmpty;
  await worker.stop();
  return count;
}

async function measureWork(concurrency: number): Promise<QueueFigure> {
  const fill = async (): Promise<void> => {
    for (let left = order.jobCount; left > 0; left -= batchSize) {
      await queue.addMany(Array.from({ length: Math.min(left, batchSize) }, () => job));
    }
  };
  await fill();
  await workOff(queue, concurrency);
  await fill();
  return await measured(() => workOff(queue, concurrency));
}

async function measureWakes(): Promise<QueueFigure> {
  const latencies: number[] = [];
  let begun!: () => void;
  const wait = queue.wait ?? ((handler) => queue.work(1, handler));
  const worker = await wait(() => begun());
  await sleep(200);
  const endMs = performance.now() + 4 * order.measureMs;
  const { cpuMicroseconds } = await measured(async () => {
    while (latencies.length < wakeCount && performance.now() < endMs) {
      const isBegun = new Promise<void>((resolve) => (begun = resolve));
      const startMs = performance.now();
      await queue.add(job);
      await isBegun;
      latencies.push((performance.now() - startMs) * 1_000);
      await sleep(restMs);
    }
    return latencies.length;
  });
  await worker.stop();
  return { microseconds: median(latencies), cpuMicroseconds };
}
