// What is told as it happens, on the channels of the document: `channel:{channel_id}`, `presence:{user_id}`, `global`.
import type { Database } from "plinth";
import { createEvents, createOutbox, type Events, type Outbox } from "plinth/outbox";
import { createPubSub, createWake, type PubSub, type Store } from "plinth/services";
import type { schema } from "./schema/schema.ts";
import type { UserStatus } from "./schema/users.ts";

/** A message as everybody in its channel sees it. */
export interface ToldMessage {
  readonly id: string;
  readonly author: string | null;
  readonly content: string;
  readonly createdAt: Date;
  readonly isEdited: boolean;
}

export type ChannelNews =
  | { readonly kind: "message.created" | "message.updated"; readonly message: ToldMessage }
  | { readonly kind: "message.deleted"; readonly messageId: string };

export interface PresenceNews {
  readonly userId: string;
  readonly username: string;
  readonly status: UserStatus;
}

export interface Notice {
  readonly kind: "notice";
  readonly text: string;
}

export interface Channels {
  global: Notice;
  "channel:{channelId}": ChannelNews;
  "presence:{userId}": PresenceNews;
}

/** What tells, and what listens. */
export interface News extends AsyncDisposable {
  /** Tells at once, whatever becomes of the database: who is here, notices. */
  readonly pubsub: PubSub<Channels>;
  /** Tells of what a transaction does, once it is committed. */
  readonly events: Events<Channels>;
  readonly outbox: Outbox<Record<string, unknown>>;
  close(): Promise<void>;
}

/**
 * Events come from the outbox of the database, which every server delivers; the store takes them to all servers, and keeps
 * those of the last hour for whoever was away.
 */
export function openNews(db: Database<typeof schema>, store: Store): News {
  const pubsub = createPubSub<Channels>(store);
  const outbox = createOutbox(db, { wake: createWake(store, "guild:outbox") });
  const events = createEvents(db, pubsub);
  outbox.start();
  const close = async (): Promise<void> => {
    await outbox.close();
    await pubsub.close();
  };
  return { pubsub, events, outbox, close, [Symbol.asyncDispose]: close };
}
