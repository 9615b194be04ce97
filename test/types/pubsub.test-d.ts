import type { Transaction } from "plinth";
import type { Events } from "plinth/outbox";
import {
  createPubSub,
  createSocketBridge,
  type ChannelEvent,
  type ChannelOf,
  type EventOf,
  type PubSub,
  type ServerSocket,
  type Store,
  type Wake,
} from "plinth/services";
import type { OutboxWake } from "plinth/outbox";
import type { WebSocket } from "ws";
import { expectType, type Equal } from "./equal.ts";

interface Channels {
  global: { readonly text: string };
  "channel:{channelId}": { readonly kind: "said"; readonly at: Date };
  "guild:{guildId}:member:{userId}": number;
}

declare const store: Store;
declare const tx: Transaction;
const pubsub: PubSub<Channels> = createPubSub<Channels>(store);

// A name says which channels there are, and what each carries.
expectType<
  Equal<
    ChannelOf<Channels>,
    | "global"
    | readonly ["global"]
    | readonly ["channel", string]
    | readonly ["guild", string, "member", string]
  >
>();
expectType<Equal<EventOf<Channels, readonly ["guild", "1", "member", "2"]>, number>>();
expectType<Equal<EventOf<Channels, "global">, { readonly text: string }>>();

void pubsub.publish("global", { text: "a" }, { key: "k" });
void pubsub.publish(["channel", "1"], { kind: "said", at: new Date() });
void pubsub.publish(["guild", "1", "member", "2"], 3);
// @ts-expect-error There is no such channel.
void pubsub.publish("local", { text: "a" });
// @ts-expect-error An id is missing.
void pubsub.publish(["channel"], { kind: "said", at: new Date() });
// @ts-expect-error An id is a text.
void pubsub.publish(["channel", 1], { kind: "said", at: new Date() });
// @ts-expect-error Another channel carries that.
void pubsub.publish(["channel", "1"], { text: "a" });
// @ts-expect-error A text is no channel of several parts.
void pubsub.publish("channel:1", { kind: "said", at: new Date() });

const said = pubsub.subscribe(["channel", "1"], { after: "17", whenFull: "end" });
for await (const event of said) {
  expectType<Equal<typeof event.data, { readonly kind: "said"; readonly at: Date }>>();
  expectType<Equal<typeof event.channel, readonly ["channel", "1"]>>();
}
pubsub.on("global", (event: ChannelEvent<{ readonly text: string }>) => void event.data.text, {
  onLost: ({ reason }) =>
    expectType<Equal<typeof reason, "expired" | "rewound" | "slow" | "unreadable">>(),
});
// @ts-expect-error Known are end and resume.
pubsub.subscribe("global", { whenFull: "drop" });
// @ts-expect-error An id is the text that came.
pubsub.subscribe("global", { after: 17 });

// Codecs say what channels carry, too.
const coded = createPubSub(store, {
  codecs: { "count:{id}": { encode: (value: bigint) => String(value), decode: BigInt } },
});
void coded.publish(["count", "a"], 1n);
// @ts-expect-error The codec takes a bigint.
void coded.publish(["count", "a"], 1);

// Without a map anything goes.
void createPubSub(store).publish(["whatever", "1"], { a: 1 });

// Events of a transaction are those of the channels.
declare const events: Events<Channels>;
const key: string = events.publish(tx, ["channel", "1"], { kind: "said", at: new Date() });
void key;
// @ts-expect-error A transaction comes first.
events.publish(["channel", "1"], { kind: "said", at: new Date() });
// @ts-expect-error Another channel carries that.
events.publish(tx, "global", 1);

// A wake of the store is what an outbox takes, and a socket of ws or of a browser's kind what the bridge takes.
declare const wake: Wake;
const outboxWake: OutboxWake = wake;
void outboxWake;
declare const socket: WebSocket;
const taken: ServerSocket = socket;
void taken;
declare const browserLike: globalThis.WebSocket;
const alsoTaken: ServerSocket = browserLike;
void alsoTaken;
createSocketBridge<{ id: string }>(pubsub, { mayRead: (client) => client.id === "1" });
// @ts-expect-error Who may read is the program's to say.
createSocketBridge(pubsub, {});
