// What is told as it happens, to whoever listens on whatever server.
import type { Database } from "plinth";
import {
  createPubSub,
  type ChannelEvent,
  type PubSub,
  type Store,
  type Subscription,
} from "plinth/services";
import { openNews, type ChannelNews, type Channels, type News } from "../src/events.ts";
import { editMessage, removeMessage, sendMessage } from "../src/messaging.ts";
import { createGuildPresence } from "../src/presence.ts";
import { findMessages } from "../src/queries/messages.ts";
import type { schema } from "../src/schema/schema.ts";
import type { Cast } from "./cast.ts";
import * as print from "./print.ts";

type Listening = Subscription<ChannelEvent<ChannelNews>>;

async function hear(listening: Listening, count: number): Promise<ChannelEvent<ChannelNews>[]> {
  const heard = [];
  for await (const event of listening) if (heard.push(event) === count) break;
  return heard;
}

function rowOf({ data }: ChannelEvent<ChannelNews>) {
  const of = data.kind === "message.deleted" ? "that one" : data.message.content;
  return { "it says": data.kind, of };
}

export async function tellNews(
  db: Database<typeof schema>,
  store: Store,
  cast: Cast,
  channelId: string,
): Promise<void> {
  print.chapter("What is told as it happens", "src/events.ts, src/messaging.ts");
  const news = openNews(db, store);
  // As another server would: another end of the same store.
  const elsewhere = createPubSub<Channels>(store);
  try {
    await listenElsewhere(db, news, elsewhere, cast, channelId);
    await beHere(store, news, cast);
  } finally {
    await elsewhere.close();
    await news.close();
  }
}

async function listenElsewhere(
  db: Database<typeof schema>,
  news: News,
  elsewhere: PubSub<Channels>,
  cast: Cast,
  channelId: string,
): Promise<void> {
  const channel = ["channel", channelId] as const;
  const listening = elsewhere.subscribe(channel);
  await listening.ready;
  print.say(
    "Bob is connected to another server. Ada writes, edits, and takes back; a message of hers is rolled back in between:",
  );
  await talkOnce(db, news, cast, channelId);
  const heard = await hear(listening, 4);
  print.rows(heard.map(rowOf));
  const { items } = await findMessages(db, channelId, { size: 1 });
  print.say("The newest message of the channel, as the database has it:");
  print.rows(items.map(({ content }) => ({ content })));
  print.say(
    "His connection breaks behind the first. He comes back with its id, and misses nothing:",
  );
  const after = heard[0]!.id;
  print.rows((await hear(elsewhere.subscribe(channel, { after }), 3)).map(rowOf));
}

async function talkOnce(
  db: Database<typeof schema>,
  news: News,
  { ada }: Cast,
  channelId: string,
): Promise<void> {
  const first = await sendMessage(db, news, {
    channelId,
    authorId: ada,
    content: "The boot sails",
  });
  const undone = db.transaction(async (tx) => {
    await sendMessage(tx, news, { channelId, authorId: ada, content: "Nobody hears this" });
    throw new Error("undo");
  });
  await undone.catch(() => {});
  await editMessage(db, news, first.id, "The boat sails");
  const second = await sendMessage(db, news, { channelId, authorId: ada, content: "Oh no" });
  await removeMessage(db, news, second.id);
}

async function beHere(store: Store, news: News, { bob }: Cast): Promise<void> {
  print.say("Bob has two windows open. Who looks at him is told of the first, and of the last:");
  const presence = createGuildPresence(store, news);
  const looking = news.pubsub.subscribe(["presence", bob]);
  await looking.ready;
  const person = { userId: bob, username: "bob" };
  for (const window of ["one", "two"]) await presence.arrive(person, window);
  for (const window of ["one", "two"]) await presence.leave(person, window);
  const rows = [];
  for await (const { data } of looking) {
    rows.push({ who: data.username, status: data.status });
    if (rows.length === 2) break;
  }
  print.rows(rows);
}
