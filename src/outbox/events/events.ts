/** Events that agree with the database: written with the rows that they tell of, and published once those are committed. */

import { ConfigError } from "../../core/error.ts";
import type { Transaction } from "../../query/client.ts";
import type { Database } from "../../query/database.ts";
import type { AnySchema } from "../../schema/schema.ts";
import type { Parts } from "../../services/kv/key.ts";
import type { ChannelOf, EventOf } from "../../services/pubsub/channel.ts";
import type { PubSub, RawPublisher } from "../../services/pubsub/contract.ts";
import { outboxOf, recordEntry, scopeOf } from "../attach.ts";
import type { OutboxCore } from "../core.ts";
import type { OutboxEvent } from "../topics.ts";
import { Turns } from "./turns.ts";

const TOPIC = "plinth:event";
/** The store may be away for as long as it likes: events wait, and come soon after it is back. */
const PATIENCE = { attempts: Infinity, backoff: { firstMs: 50, maxMs: 5_000 } };

/** As it lies in the outbox: the text is what the channel's codec made of the event. */
interface Entry {
  readonly channel: Parts;
  readonly text: string;
}

/** The events of one database. */
export class Events<Channels> {
  readonly #core: OutboxCore;
  readonly #publisher: RawPublisher;
  readonly #turns = new Turns();
  readonly #end: () => void;

  constructor(core: OutboxCore, publisher: RawPublisher) {
    this.#core = core;
    this.#publisher = publisher;
    const handle = (entry: Entry, event: OutboxEvent): Promise<unknown> => this.#tell(entry, event);
    this.#end = core.handle(TOPIC, { handle, ...PATIENCE });
  }

  /** Those of a channel one after the other, as they were committed here. */
  #tell({ channel, text }: Entry, { id }: OutboxEvent): Promise<unknown> {
    return this.#turns.take(JSON.stringify(channel), () =>
      this.#publisher.publish(channel, text, id),
    );
  }

  /**
   * Tells a channel of what the transaction does, once it is committed; never of what is rolled back, nor of what was done in a
   * savepoint that is. Also when the process ends right behind the commit: another one publishes it then.
   *
   * Events of one channel come in the order in which one process committed them, unless publishing one of them failed, which
   * comes later then. What two processes commit comes in the order in which they reach the store.
   *
   * @returns The `key` of the event: the same however often it is published, so that it is told once for as long as the
   * channel's log has it.
   * @throws {InvalidValueError} for what the channel's codec can't write, and outside of a transaction.
   * @example
   * await db.transaction(async (tx) => {
   *   const message = await tx.insert(messages).values(row).returning().one();
   *   events.publish(tx, ["channel", message.channelId], { kind: "created", message });
   * });
   */
  publish<const Channel extends ChannelOf<Channels>>(
    tx: Transaction,
    channel: Channel,
    data: EventOf<Channels, Channel>,
  ): string {
    // Whatever the map says, a channel is parts.
    const parts = channel as Parts;
    const entry: Entry = { channel: parts, text: this.#publisher.encode(parts, data) };
    return recordEntry(this.#core, scopeOf(tx), TOPIC, entry);
  }

  /** Publishes no more; what is in the outbox is left to others. */
  close(): void {
    this.#end();
  }
}

/**
 * Publishes events with the commit of a transaction, by the outbox of the database, which has to be made first, and started
 * somewhere.
 *
 * @throws {ConfigError} where the database has no outbox, or such events already.
 * @example
 * const outbox = createOutbox(db, { wake: createWake(store, "outbox") });
 * const events = createEvents(db, createPubSub<Channels>(store));
 * outbox.start();
 */
export function createEvents<Channels>(
  db: Database<AnySchema>,
  pubsub: PubSub<Channels>,
): Events<Channels> {
  const core = outboxOf(scopeOf(db));
  if (core === undefined) {
    throw new ConfigError("The database has no outbox, from which events are published.", {
      hint: "Make it first: const outbox = createOutbox(db).",
    });
  }
  return new Events(core, pubsub["~raw"]);
}
