// Inserts a hundred thousand rows in a process of its own and tells what that took. Its arguments: a URL, the number of rows.
// The sources, as this process has none of the test runner's aliases.
import {
  connect,
  createTables,
  defineSchema,
  integer,
  table,
  text,
  timestamp,
} from "../../../src/entry/main.ts";

const events = table("events", {
  id: integer().primaryKey(),
  name: text().notNull(),
  note: text(),
  at: timestamp().notNull(),
});

function* rows(from: number, count: number) {
  const at = new Date("2026-01-31T12:00:00Z");
  for (let id = from; id < from + count; id++)
    yield { id, name: `event number ${id}`, note: "x".repeat(200), at };
}

const [url = "", count = "0"] = process.argv.slice(2);
const db = await connect(url);
await createTables(db, defineSchema({ events }));
// What every insert needs once: code, plans, buffers.
await db.insert(events).stream(rows(0, 5_000));
globalThis.gc?.();

const before = process.memoryUsage().rss;
let peak = before;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
const start = performance.now();
const { affectedRows } = await db.insert(events).stream(rows(5_000, Number(count)));
const tookMs = performance.now() - start;
clearInterval(watch);
peak = Math.max(peak, process.memoryUsage().rss);
await db.close();
console.log(JSON.stringify({ affectedRows, tookMs, extraMib: (peak - before) / 2 ** 20 }));
