import { defineSchema, integer, table, type Database, type Transaction } from "plinth";
import { createOutbox, outboxTables, type Outbox, type OutboxEvent } from "plinth/outbox";
import { expectType, type Equal } from "./equal.ts";

const orders = table("orders", { id: integer().primaryKey() });
const schema = defineSchema({ orders, ...outboxTables }, () => ({}));

declare const db: Database<typeof schema>;
declare const tx: Transaction<typeof schema>;

// The handlers tell which topics there are, and what is in them.
const outbox = createOutbox(db, {
  handlers: {
    "mail.welcome": (payload: { userId: string }, event: OutboxEvent) => [payload, event.id],
    "order.paid": { attempts: 3, handle: ({ id }: { id: bigint; at: Date }) => id },
  },
});
interface Topics {
  "mail.welcome": { userId: string };
  "order.paid": { id: bigint; at: Date };
}
expectType<Equal<Parameters<typeof outbox.add<"order.paid">>[2], Topics["order.paid"]>>();
const id: string = outbox.add(tx, "mail.welcome", { userId: "1" });
void id;
outbox.add(tx, "order.paid", { id: 1n, at: new Date() });
// @ts-expect-error There is no such topic.
outbox.add(tx, "mail.goodbye", { userId: "1" });
// @ts-expect-error The id is a bigint.
outbox.add(tx, "order.paid", { id: 1, at: new Date() });
// @ts-expect-error An entry belongs to a transaction.
outbox.add(db, "mail.welcome", { userId: "1" });
// @ts-expect-error There is no such topic.
void outbox.retry({ topic: "mail.goodbye" });
void outbox.dead({ topic: "order.paid" });

// A process that only writes says what the topics are; one that handles some is held to them.
const writer: Outbox<Topics> = createOutbox<Topics>(db);
writer.add(tx, "mail.welcome", { userId: "1" });
createOutbox<Topics>(db, { handlers: { "mail.welcome": ({ userId }) => userId.length } });
const handlers = { "mail.welcome": (payload: { userId: number }) => payload };
// @ts-expect-error The topic has another payload.
createOutbox<Topics>(db, { handlers });

// Where nobody says what the topics are, there may be any.
createOutbox(db).add(tx, "anything", [1, 2]);

const done: Promise<boolean> = outbox.once(tx, "id", "consumer", () => 1);
void done;

// The durable form gives the id; the other one nothing.
const entry: string = tx.afterCommit({ durable: true, topic: "mail.welcome", payload: 1 });
void entry;
expectType<Equal<ReturnType<typeof plain>, void>>();
function plain(): void {
  return tx.afterCommit(() => 1);
}
// @ts-expect-error It is durable, or a function.
tx.afterCommit({ durable: false, topic: "mail.welcome" });
