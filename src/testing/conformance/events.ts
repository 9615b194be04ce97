import { createEvents, type Events } from "../../outbox/events/events.ts";
import { createOutbox } from "../../outbox/outbox.ts";
import { outboxTables } from "../../outbox/tables.ts";
import type { Database } from "../../query/database.ts";
import { defineSchema } from "../../schema/schema.ts";
import { table } from "../../schema/table.ts";
import { integer } from "../../schema/types.ts";
import { openStore } from "../../services/kv/open.ts";
import type { ChannelEvent, PubSub } from "../../services/pubsub/contract.ts";
import { createPubSub } from "../../services/pubsub/pubsub.ts";
import { failureOf, type Kit } from "./kit.ts";

const notes = table("notes", { id: integer().primaryKey() });
const schema = defineSchema({ notes, ...outboxTables });

interface Channels {
  "notes:{place}": { readonly id: number };
}

interface Telling {
  readonly events: Events<Channels>;
  readonly pubsub: PubSub<Channels>;
}

/** Runs `work` beside an outbox that publishes what it commits. */
async function telling(
  db: Database<typeof schema>,
  work: (given: Telling) => Promise<void>,
): Promise<void> {
  const store = await openStore("memory:");
  const pubsub = createPubSub<Channels>(store);
  const outbox = createOutbox(db, { pollMs: 20 });
  const events = createEvents(db, pubsub);
  outbox.start();
  try {
    await work({ events, pubsub });
  } finally {
    await outbox.close();
    await pubsub.close();
    await store.close();
  }
}

async function take<Event>(listening: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  for await (const event of listening) if (taken.push(event) === count) break;
  return taken;
}

const idsOf = (told: readonly ChannelEvent<{ readonly id: number }>[]): number[] =>
  told.map(({ data }) => data.id);

export function eventCases({ expect, schemaGroup }: Kit): void {
  schemaGroup("events", schema, (test) => {
    test("are told after their commit and in its order, with the key that was given back", ({
      db,
    }) =>
      telling(db, async ({ events, pubsub }) => {
        const listening = pubsub.subscribe(["notes", "a"]);
        await listening.ready;
        const keys: string[] = [];
        for (const first of [0, 10, 20]) {
          await db.transaction(async (tx) => {
            for (let id = first; id < first + 10; id++) {
              keys.push(events.publish(tx, ["notes", "a"], { id }));
            }
            await tx.insert(notes).values({ id: first });
          });
        }
        const told = await take(listening, 30);
        expect(idsOf(told)).toEqual(keys.map((_key, id) => id));
        expect(told.map(({ key }) => key)).toEqual(keys);
      }));

    test("aren't told of what is rolled back, whole or in a savepoint", ({ db }) =>
      telling(db, async ({ events, pubsub }) => {
        const listening = pubsub.subscribe(["notes", "a"]);
        await listening.ready;
        const undone = db.transaction(async (tx) => {
          events.publish(tx, ["notes", "a"], { id: 1 });
          await tx.insert(notes).values({ id: 1 });
          throw new Error("undo");
        });
        expect(await failureOf(undone)).toMatchObject({ message: "undo" });
        await db.transaction(async (tx) => {
          events.publish(tx, ["notes", "a"], { id: 2 });
          const inner = tx.transaction(async (point) => {
            events.publish(point, ["notes", "a"], { id: 3 });
            throw new Error("undo");
          });
          await failureOf(inner);
          await tx.transaction(async (point) => {
            events.publish(point, ["notes", "a"], { id: 4 });
          });
        });
        await db.transaction(async (tx) => void events.publish(tx, ["notes", "a"], { id: 5 }));
        expect(idsOf(await take(listening, 3))).toEqual([2, 4, 5]);
      }));

    test("that can't be told are refused before anything is written", ({ db }) =>
      telling(db, async ({ events }) => {
        await db.transaction(async (tx) => {
          const id = (() => {}) as unknown as number;
          const refused = (async () => events.publish(tx, ["notes", "a"], { id }))();
          expect(await failureOf(refused)).toMatchObject({ code: "E_INVALID_VALUE" });
        });
        expect(await db.from(outboxTables.plinthOutbox)).toEqual([]);
      }));
  });
}
