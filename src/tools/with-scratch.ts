import type { ScratchDatabase } from "../dialect/scratch.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Works on a scratch database, which is dropped afterwards: when the work fails, too, and when the process is told to end
 * meanwhile.
 */
export async function withScratch<Result>(
  create: () => Promise<ScratchDatabase>,
  work: (scratch: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  const made = create();
  const end = (signal: NodeJS.Signals): void => {
    const leave = (): void => {
      for (const other of SIGNALS) process.off(other, end);
      process.kill(process.pid, signal);
    };
    made.then((scratch) => scratch.drop()).then(leave, leave);
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    const scratch = await made;
    try {
      return await work(scratch);
    } finally {
      await scratch.drop();
    }
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
}
