import { createPubSub, openStore } from "plinth/services";
import { expect } from "vitest";
import type { Database } from "plinth";
import { channelRows } from "../fixtures/guilds.ts";
import { people } from "../fixtures/users.ts";
import { openDatabase } from "../src/database.ts";
import {
  openNews,
  type ChannelNews,
  type Channels,
  type News,
  type PresenceNews,
} from "../src/events.ts";
import { editMessage, removeMessage, sendMessage } from "../src/messaging.ts";
import { createGuildPresence } from "../src/presence.ts";
import { createChannel } from "../src/queries/channels.ts";
import { createGuild } from "../src/queries/guilds.ts";
import { createUser } from "../src/queries/users.ts";
import type { schema } from "../src/schema/schema.ts";
import { everywhere, nobody } from "./databases.ts";
import { onEveryStore } from "./stores.ts";

async function take<Event>(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

everywhere(
  "what is said, changed and taken back is told once it is committed, and what is rolled back isn't",
  ["users", "guilds"],
  async ({ db, row }) => {
    await using store = await openStore("memory:");
    await using news = openNews(db as Database<typeof schema>, store);
    const channelId = row(channelRows, "general").id;
    const authorId = row(people, "ada").id;
    const listening = news.pubsub.subscribe(["channel", channelId]);
    await listening.ready;
    const said = await sendMessage(db, news, { channelId, authorId, content: "Hello" });
    await expect(
      db.transaction(async (tx) => {
        await sendMessage(tx, news, { channelId, authorId, content: "Never" });
        await removeMessage(tx, news, said.id);
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    await editMessage(db, news, said.id, "Hello there");
    expect(await editMessage(db, news, nobody, "Nothing")).toBeUndefined();
    expect(await removeMessage(db, news, said.id)).toBe(true);
    expect(await removeMessage(db, news, said.id)).toBe(false);
    const heard: ChannelNews[] = (await take(listening, 3)).map(({ data }) => data);
    const message = { id: said.id, author: "ada", createdAt: said.createdAt };
    expect(heard).toEqual([
      { kind: "message.created", message: { ...message, content: "Hello", isEdited: false } },
      { kind: "message.updated", message: { ...message, content: "Hello there", isEdited: true } },
      { kind: "message.deleted", messageId: said.id },
    ]);
  },
);

onEveryStore(
  "whoever comes back to another server goes on behind what was heard",
  async (store) => {
    const db = await openDatabase("sqlite::memory:");
    try {
      await using news = openNews(db, store);
      await using elsewhere = createPubSub<Channels>(store);
      const { id: authorId } = await createUser(db, { username: "ada" });
      const guild = await createGuild(db, { name: "Analysts", ownerId: authorId });
      const { id: channelId } = await createChannel(db, guild.id, { name: "events" });
      const listening = news.pubsub.subscribe(["channel", channelId]);
      await listening.ready;
      for (const content of ["1", "2", "3", "4"])
        await sendMessage(db, news, { channelId, authorId, content });
      const heard = await take(listening, 2);
      const after = heard[1]!.id;
      const rest = await take(elsewhere.subscribe(["channel", channelId], { after }), 2);
      const contents = [...heard, ...rest].map(({ data }) =>
        data.kind === "message.deleted" ? "" : data.message.content,
      );
      expect(contents).toEqual(["1", "2", "3", "4"]);
    } finally {
      await db.close();
    }
  },
);

onEveryStore(
  "two who come at once are told of, and so is who comes while another goes",
  async (store) => {
    const told: string[] = [];
    let whileTelling = async (): Promise<void> => {};
    const pubsub = {
      async publish(_: unknown, { status }: PresenceNews) {
        if (status === "offline") await whileTelling();
        told.push(status);
      },
    };
    const presence = createGuildPresence(store, { pubsub } as unknown as News);
    const person = { userId: nobody, username: "nobody" };
    await Promise.all(["a", "b"].map((connection) => presence.arrive(person, connection)));
    expect(new Set(told)).toEqual(new Set(["online"]));
    await presence.leave(person, "a");
    whileTelling = () => presence.arrive(person, "c");
    await presence.leave(person, "b");
    expect(await presence.isHere(nobody)).toBe(true);
    expect(told.at(-1)).toBe("online");
  },
);

onEveryStore("who is here is told of the first connection and the last", async (store) => {
  const db = await openDatabase("sqlite::memory:");
  try {
    await using news = openNews(db, store);
    const presence = createGuildPresence(store, news);
    const looking = news.pubsub.subscribe(["presence", nobody]);
    await looking.ready;
    const person = { userId: nobody, username: "nobody" };
    for (const connection of ["a", "b", "a"]) await presence.arrive(person, connection);
    expect(await presence.isHere(nobody)).toBe(true);
    await presence.leave(person, "a");
    await presence.leave(person, "a");
    expect(await presence.isHere(nobody)).toBe(true);
    await presence.leave(person, "b");
    expect(await presence.isHere(nobody)).toBe(false);
    const heard: PresenceNews[] = (await take(looking, 2)).map(({ data }) => data);
    expect(heard.map(({ status }) => status)).toEqual(["online", "offline"]);
  } finally {
    await db.close();
  }
});
