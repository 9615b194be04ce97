// Prints how many bytes each piece of work allocates, as JSON. Compiled code allocates less than what is interpreted, and is
// made when it likes to: this runs with the interpreter alone, and with so much room that nothing is collected meanwhile.
import { getHeapStatistics } from "node:v8";
import { openWork } from "./work.ts";

const TURNS = 200;

const { work } = await openWork("sqlite::memory:");
const bytes: Record<string, number> = {};
for (const [name, run] of Object.entries(work)) {
  const turns = name === "bulk" ? TURNS / 20 : TURNS;
  for (let turn = 0; turn < 20; turn++) await run(turn);
  globalThis.gc?.();
  const before = getHeapStatistics().used_heap_size;
  for (let turn = 0; turn < turns; turn++) await run(turn);
  bytes[name] = Math.round((getHeapStatistics().used_heap_size - before) / turns);
}
process.stdout.write(JSON.stringify(bytes));
