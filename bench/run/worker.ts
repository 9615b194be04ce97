/** One process, one contender: opens it, does the work, prints one JSON line. */
import { prepareShapes } from "../shapes/prepare.ts";
import { shapeParameters } from "../shapes/shapes.ts";
import { parameterCount, parameters } from "../work/operations.ts";
import { loadContender, loadShapes } from "./contenders.ts";
import {
  resultMark,
  type Measured,
  type WorkerOrder,
  type WorkerResult,
  type WorkName,
} from "./results.ts";

type Call = (...parameters: unknown[]) => unknown;

/** After each turn that takes longer the clock is looked at, so that no slice is much longer than it should be. */
const quickMs = 0.25;

const order = JSON.parse(process.argv[2]!) as WorkerOrder;
if (order.kind === "shapes") await prepareShapes(order.database, order.targets);
const started = performance.now();
const { operations, shapes, title } = await openContender();
const openMs = performance.now() - started;
collectGarbage();

const result: WorkerResult = {
  database: order.database,
  contender: order.contender,
  title,
  openMs,
  memoryOpenBytes: process.memoryUsage.rss(),
  latency: {},
  loaded: {},
  failures: {},
};

if (order.mode === "verify") {
  if (shapes === undefined) {
    const { verify } = await import("../work/verify.ts");
    result.wrong = await verify(order.database, order.targets, operations);
  } else {
    const { verifyShapes } = await import("../shapes/verify.ts");
    result.wrong = await verifyShapes(order.database, order.targets, shapes);
  }
} else {
  const calls = (shapes ?? operations) as unknown as Record<WorkName, Call>;
  const given = shapes === undefined ? parameters() : shapeParameters();
  for (const [name, list] of Object.entries(given) as [WorkName, unknown[][]][]) {
    if (order.operations?.includes(name) === false) continue;
    const call = calls[name].bind(calls);
    try {
      result.latency[name] = await measureLatency(call, list);
      if (order.loadedMs > 0) result.loaded[name] = await measureLoaded(call, list);
    } catch (error) {
      result.failures[name] = String((error as Error)?.stack ?? error).slice(0, 600);
    }
  }
  collectGarbage();
  result.memoryEndBytes = process.memoryUsage.rss();
  result.memoryPeakBytes = process.resourceUsage().maxRSS * 1024;
}
process.stdout.write(`\n${resultMark}${JSON.stringify(result)}\n`, () => process.exit(0));

async function openContender() {
  if (order.kind === "shapes") {
    const { open, title } = await loadShapes(order.database, order.contender);
    const { shapes } = await open(order.targets);
    return { title, shapes } as const;
  }
  const { open, title } = await loadContender(order.database, order.contender);
  const { operations } = await open(order.targets);
  return { title, operations } as const;
}

/** One at a time: ten slices after a warm-up; the figure is the median slice's mean. */
async function measureLatency(call: Call, list: unknown[][]): Promise<Measured> {
  let turn = 0;
  let step = 1;
  const warmUntil = performance.now() + order.warmMs;
  do {
    const { count, elapsedMs } = await slice(call, list, turn, 20, step);
    turn += count;
    // A look at the clock isn't free beside a read of 3 µs.
    step = elapsedMs / count < quickMs ? 4 : 1;
  } while (performance.now() < warmUntil);

  const sliceMicroseconds: number[] = [];
  const cpuBefore = process.cpuUsage();
  let count = 0;
  for (let total = 0; total < order.measureMs;) {
    const { count: done, elapsedMs } = await slice(call, list, turn, order.measureMs / 10, step);
    sliceMicroseconds.push((elapsedMs * 1000) / done);
    turn += done;
    count += done;
    total += elapsedMs;
  }
  const cpu = process.cpuUsage(cpuBefore);
  sliceMicroseconds.sort((a, b) => a - b);
  return {
    microseconds: sliceMicroseconds[sliceMicroseconds.length >> 1]!,
    cpuMicroseconds: (cpu.user + cpu.system) / count,
  };
}

/** @param step How many turns lie between two looks at the clock. */
async function slice(call: Call, list: unknown[][], from: number, ms: number, step: number) {
  const start = performance.now();
  const end = start + ms;
  let count = 0;
  let now: number;
  do {
    for (let k = 0; k < step; k++) {
      const outcome = call(...list[(from + count) & (parameterCount - 1)]!);
      if (isThenable(outcome)) await outcome;
      count++;
    }
    now = performance.now();
  } while (now < end);
  return { count, elapsedMs: now - start };
}

/** Many in flight: elapsed time for each completed operation. */
async function measureLoaded(call: Call, list: unknown[][]): Promise<Measured> {
  let turn = 0;
  let count = 0;
  let end = performance.now() + order.warmMs;
  const line = async () => {
    while (performance.now() < end) {
      const outcome = call(...list[turn++ & (parameterCount - 1)]!);
      if (isThenable(outcome)) await outcome;
      count++;
    }
  };
  await Promise.all(Array.from({ length: order.inFlight }, line));
  count = 0;
  const start = performance.now();
  const cpuBefore = process.cpuUsage();
  end = start + order.loadedMs;
  await Promise.all(Array.from({ length: order.inFlight }, line));
  const cpu = process.cpuUsage(cpuBefore);
  return {
    microseconds: ((performance.now() - start) * 1000) / count,
    cpuMicroseconds: (cpu.user + cpu.system) / count,
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

function collectGarbage(): void {
  globalThis.gc?.();
}
