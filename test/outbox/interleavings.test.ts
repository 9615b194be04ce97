import { createOutbox, type Outbox, type OutboxEvent } from "plinth/outbox";
import { describe, expect, test } from "vitest";
import { testServers } from "../servers/databases.ts";
import { isLong, report, seeded, shared, sleep, until, type Connected } from "./kit.ts";
import { made, schema } from "./schema.ts";

const { plinthOutbox } = schema.tables;
const TRANSACTIONS = isLong ? 2_000 : 240;
const WORKERS = 8;

interface Log {
  readonly committed: Set<string>;
  /** How many were committed behind one with a higher id. */
  lateCount: number;
  highest: string;
}

interface Client {
  readonly db: Connected;
  readonly outbox: Outbox<{ made: number }>;
}

type Tx = Parameters<Parameters<Connected["transaction"]>[0]>[0];

/** One transaction of some entries, savepoints and pauses, which ends somehow. */
async function runRandom(
  db: Connected,
  add: (tx: Tx) => string,
  random: () => number,
  log: Log,
): Promise<void> {
  const ids: string[] = [];
  const put = async (tx: Tx, into: string[]): Promise<void> => {
    const eventId = add(tx);
    into.push(eventId);
    await tx.insert(made).values({ eventId });
    if (random() < 0.3) await sleep(random() * 6);
  };
  const isUndone = random() < 0.3;
  const undo = new Error("undo");
  const work = db.transaction(async (tx) => {
    ids.length = 0;
    for (let left = Math.floor(random() * 4); left > 0; left--) await put(tx, ids);
    if (random() < 0.4) {
      const inner: string[] = [];
      const isInnerUndone = random() < 0.5;
      const nested = tx.transaction(async (savepoint) => {
        await put(savepoint, inner);
        if (isInnerUndone) throw undo;
      });
      await nested.catch((error: unknown) => {
        if (error !== undo) throw error;
      });
      if (!isInnerUndone) ids.push(...inner);
    }
    if (isUndone) throw undo;
  });
  await work.catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  if (isUndone) return;
  for (const id of ids) {
    log.committed.add(id);
    if (id < log.highest) log.lateCount++;
    else log.highest = id;
  }
}

describe.each(testServers())("promise 33 on $name", (server) => {
  test("delivers what was committed, whichever id is first, and nothing else", async () => {
    await using place = await shared(server);
    const delivered = new Map<string, number>();
    const handle = (_: number, { id }: OutboxEvent): void =>
      void delivered.set(id, (delivered.get(id) ?? 0) + 1);
    const handlers = { made: handle };
    const start = async (): Promise<Client> => {
      const db = await place.open();
      return { db, outbox: createOutbox(db, { handlers, pollMs: 50 }).start() };
    };
    const clients = [await start()];
    // One in memory is of one connection. Else two deliver, and one that doesn't commits, too.
    if (server.name !== "sqlite memory") {
      const db = await place.open();
      clients.push(await start(), { db, outbox: createOutbox<{ made: number }>(db) });
    }
    const log: Log = { committed: new Set(), lateCount: 0, highest: "" };
    await Promise.all(
      Array.from({ length: WORKERS }, async (_, worker) => {
        const random = seeded(worker + 1);
        const { db, outbox } = clients[worker % clients.length]!;
        for (let count = 0; count < TRANSACTIONS / WORKERS; count++)
          await runRandom(db, (tx) => outbox.add(tx, "made", worker), random, log);
      }),
    );
    await until(async () => (await clients[0]!.db.from(plinthOutbox)).length === 0);
    const phantom = [...delivered.keys()].filter((id) => !log.committed.has(id));
    const missed = [...log.committed].filter((id) => !delivered.has(id));
    // At least once: where whoever delivered it had to wait for its turn to write so for longer than its lease.
    const twice = [...delivered.values()].filter((count) => count > 1);
    report(
      `${server.name}: ${TRANSACTIONS} transactions, ${log.committed.size} entries, ${log.lateCount} of them behind a higher id; ` +
        `${phantom.length} phantom, ${missed.length} missed, ${twice.length} twice`,
    );
    expect({ phantom, missed }).toEqual({ phantom: [], missed: [] });
    for (const { outbox } of clients) await outbox.close();
  });
});
