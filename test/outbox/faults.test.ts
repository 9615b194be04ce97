import { createTables, defineSchema, type DbError } from "plinth";
import { createOutbox, outboxTables } from "plinth/outbox";
import { describe, expect, test } from "vitest";
import { behindProxy, report, socketServers } from "../faults/behind-proxy.ts";
import { sleep, until } from "./kit.ts";

const schema = defineSchema(outboxTables);

describe.each(socketServers)("an outbox whose connections to $name are cut", (server) => {
  test("goes on by itself, and loses nothing of what was committed", async () => {
    await using place = await behindProxy(server, "connect_timeout=20s", { schema });
    const { db } = place;
    await createTables(place.aside, schema);
    const told = new Set<number>();
    let troubles = 0;
    const outbox = createOutbox<{ t: number }>(db, {
      handlers: { t: (n) => void told.add(n) },
      pollMs: 50,
      onError: () => troubles++,
    });
    outbox.start();
    const committed = new Set<number>();
    const unknown = new Set<number>();
    for (let n = 0; n < 200; n++) {
      try {
        await db.transaction(async (tx) => outbox.add(tx, "t", n));
        committed.add(n);
      } catch (error) {
        if ((error as DbError).code === "E_COMMIT_UNKNOWN") unknown.add(n);
      }
      if (n % 40 === 20) setTimeout(() => place.proxy.cut(), n % 7);
      await sleep(2);
    }
    await until(() => [...committed].every((n) => told.has(n)));
    await until(async () => (await outbox.counts()).waiting === 0);
    expect([...told].filter((n) => !committed.has(n) && !unknown.has(n))).toEqual([]);
    report(
      `${server.name}: 5 cuts, ${committed.size} committed, ${unknown.size} unknown, ${told.size} delivered, ${troubles} troubles`,
    );
    await outbox.close();
  });
});
