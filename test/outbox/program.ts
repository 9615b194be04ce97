// A process of the tests beside this file, which is killed, or stopped for a while.
import { connect } from "plinth";
import { createOutbox, type OutboxEvent } from "plinth/outbox";
import { effects, made, schema } from "./schema.ts";

const [role = "", url = ""] = process.argv.slice(2);
const db = await connect(url, { schema });

const tell = (word: unknown): void => void process.send!(word);
const heard = (word: string): Promise<void> =>
  new Promise((resolve) => {
    process.on("message", (said) => {
      if (said === word) resolve();
    });
  });

const roles: Readonly<Record<string, () => Promise<void>>> = {
  /** Dies right behind the COMMIT. */
  async "dies behind its commit"() {
    const outbox = createOutbox(db, { handlers: { made: () => tell("delivered") } });
    outbox.start();
    tell("ready");
    await heard("go");
    await db.transaction(async (tx) => {
      tx.afterCommit(() => process.kill(process.pid, "SIGKILL"));
      await tx.insert(made).values({ eventId: outbox.add(tx, "made", 1) });
    });
  },

  /** Commits, delivers, and counts what it delivers, until it is killed. */
  async works() {
    const handle = async (_: number, event: OutboxEvent): Promise<void> => {
      await db.transaction(async (tx) => {
        await outbox.once(tx, event.id, "effects", () =>
          tx.insert(effects).values({ eventId: event.id }),
        );
      });
    };
    const outbox = createOutbox(db, { handlers: { made: handle } });
    outbox.start();
    tell("ready");
    for (let n = 0; ; n++) {
      await db.transaction(async (tx) => {
        const ids = [outbox.add(tx, "made", n), outbox.add(tx, "made", n)];
        await tx.insert(made).values(ids.map((eventId) => ({ eventId })));
      });
    }
  },

  /** Closes the database, and forgets the outbox. */
  async forgets() {
    const outbox = createOutbox(db, { handlers: { made: () => undefined } });
    outbox.start();
    tell("ready");
    await heard("go");
    await db.transaction(async (tx) => outbox.add(tx, "made", 1));
    await db.close();
    process.disconnect();
  },

  /** Stops, and has a handler that never ends. */
  async waits() {
    const made = { handle: () => new Promise(() => {}), timeoutMs: 600_000 };
    const outbox = createOutbox(db, { handlers: { made } });
    outbox.start();
    tell("ready");
    await heard("go");
    await db.transaction(async (tx) => outbox.add(tx, "made", 1));
    await outbox.stop({ timeoutMs: 20 });
    await db.close();
    process.disconnect();
  },

  /** Is stopped while its handler runs, and ends it when it goes on. */
  async stalls() {
    const outbox = createOutbox(db, {
      leaseMs: 1_000,
      handlers: {
        async made(_: number, { signal }: OutboxEvent) {
          signal.addEventListener("abort", () => tell("late"));
          tell("handling");
          await heard("end");
          tell(signal.aborted ? "ended, and knew that it was late" : "ended");
        },
      },
    });
    outbox.start();
    tell("ready");
    await heard("stop");
    await outbox.close();
    await db.close();
    process.disconnect();
  },
};

await roles[role]!();
