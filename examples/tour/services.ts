// The chapters on what stands beside the database: a store, and work that follows a commit.
import { add, connect, createTables, defineSchema, eq, type Database } from "plinth";
import { createDatabaseQueue, queueTables } from "plinth/outbox";
import { createCache, createLimiter, createPubSub, openStore } from "plinth/services";
import { topCustomers } from "../chinook/queries.ts";
import { cards } from "./cards.ts";
import * as print from "./print.ts";
import { regionOf } from "./source.ts";

const region = regionOf("services.ts");

export async function besideTheDatabase(db: Database): Promise<void> {
  print.chapter("A store beside the database");
  print.say(
    "Caches, limits, sessions, events: what all processes of a program share. It is in memory here, " +
      "and in a file of SQLite, on Redis or on a cluster of it by another URL:",
  );
  // #region store
  const store = await openStore("memory:");
  const cache = createCache(store, { namespace: "shop", ttlMs: 60_000 });
  const best = () => cache.getOrLoad("best", () => topCustomers(db, 3));
  await Promise.all([best(), best(), best()]);
  await best();

  const rule = { category: "voucher", max: 2, windowMs: 60_000 };
  const vouchers = createLimiter(store, rule);
  const takes = ["LUIS", "LUIS", "LUIS"].map((code) => vouchers.take(code));
  const tries = await Promise.all(takes);
  // #endregion
  print.code(region("store"));
  const { loads } = cache.stats();
  print.facts({
    "queries of 4 readers": String(loads),
    "tries that pass": tries.map(({ allowed }) => (allowed ? "yes" : "no")).join(", "),
  });
  await store.close();
}

export async function followingCommits(): Promise<void> {
  print.chapter("Work that follows a commit");
  print.say(
    "A job is a row of the transaction that asks for it: it is there if that commits, and some " +
      "process does it, again where it failed. An event on a channel is heard by all of them:",
  );
  const heard: string[] = [];
  const store = await openStore("memory:");
  // #region follow
  const schema = defineSchema({ cards, ...queueTables });
  const db = await connect("sqlite::memory:", { schema });
  await createTables(db, schema);
  await db.insert(cards).values({ code: "LUIS", owner: "Luis Rojas" });

  const queue = createDatabaseQueue<{ thank: { code: string } }>(db);
  for (const code of ["NOBODY", "LUIS"]) {
    const giving = db.transaction(async (tx) => {
      await queue.add("thank", { code }, { tx });
      const given = await tx
        .update(cards)
        .set({ points: add(cards.points, 10) })
        .where(eq(cards.code, code));
      if (given.affectedRows === 0) throw new Error("There is no such card.");
    });
    await giving.catch(() => "rolled back, with its job");
  }
  const { waiting } = await queue.counts();

  const pubsub = createPubSub<{ counter: { text: string } }>(store);
  const counter = pubsub.subscribe("counter");
  await counter.ready;
  await queue.work("thank", async ({ code }) => {
    await pubsub.publish("counter", { text: `Thank you, ${code}!` });
  });
  for await (const { data } of counter) {
    heard.push(data.text);
    break;
  }
  await queue.close();
  // #endregion
  print.code(region("follow"));
  print.facts({ "jobs of 2 transactions": String(waiting), "at the counter": heard.join(" ") });
  await pubsub.close();
  await store.close();
  await db.close();
}
