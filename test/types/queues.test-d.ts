// What a map of jobs says of a queue.
import type { Transaction } from "plinth";
import type { DatabaseQueue } from "plinth/outbox";
import type { Queue } from "plinth/services";
import { expectType, type Equal } from "./equal.ts";

interface Jobs {
  "mail.welcome": { userId: string };
  report: { month: string; copies?: number };
  tick: null;
}

declare const queue: Queue<Jobs>;
declare const own: DatabaseQueue<Jobs>;
declare const anything: Queue;
declare const tx: Transaction;

// The payload follows from the name.
const added = await queue.add("mail.welcome", { userId: "1" }, { delayMs: 5, unique: "1" });
expectType<Equal<typeof added.isNew, boolean>>();
await queue.add("report", { month: "2026-10" });
await queue.add("tick", null);
// @ts-expect-error There is no such job.
await queue.add("mail.wellcome", { userId: "1" });
// @ts-expect-error A member is missing.
await queue.add("mail.welcome", {});
// @ts-expect-error It is another job's.
await queue.add("tick", { userId: "1" });
// @ts-expect-error There is no such option.
await queue.add("tick", null, { delay: 5 });
// @ts-expect-error A store knows no transactions.
await queue.add("tick", null, { tx });

await own.add("tick", null, { tx, priority: 5 });
await own.addMany([{ name: "tick", payload: null }], { tx });
await queue.addMany([
  { name: "tick", payload: null },
  { name: "report", payload: { month: "2026-10" }, runAt: new Date() },
]);
// @ts-expect-error The payload is another job's.
await queue.addMany([{ name: "tick", payload: { month: "2026-10" } }]);

// Handlers know their payloads.
await queue.work("report", ({ copies, month }, job) => {
  expectType<Equal<typeof copies, number | undefined>>();
  expectType<Equal<typeof month, string>>();
  expectType<Equal<typeof job.name, "report">>();
});
await own.work({
  "mail.welcome": async ({ userId }, job) => {
    expectType<Equal<typeof userId, string>>();
    await job.complete({ tx });
  },
  tick: () => {},
});
// @ts-expect-error There is no such job.
await queue.work("reports", () => {});
// @ts-expect-error There is no such job.
await queue.work({ reports: () => {} });

await queue.schedule("tick", "0 3 * * *", null, { timezone: "Europe/Berlin", missed: "skip" });
// @ts-expect-error A schedule says when.
await queue.schedule("tick", "0 3 * * *", null, { delayMs: 5 });

// A job's name tells its payload.
for (const job of await queue.dead()) {
  if (job.name === "report") expectType<Equal<typeof job.payload, Jobs["report"]>>();
  else if (job.name === "tick") expectType<Equal<typeof job.payload, null>>();
}
// @ts-expect-error Active jobs aren't purged.
await queue.purge({ state: "active" });

// Without a map names are texts, and payloads unknown.
await anything.add("whatever", [1]);
await anything.work("whatever", (payload) => expectType<Equal<typeof payload, unknown>>());
