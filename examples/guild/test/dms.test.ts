import { expect } from "vitest";
import { people } from "../fixtures/users.ts";
import {
  createDmChannel,
  deleteDmChannel,
  findDmChannelById,
  findDmChannelsOfUser,
  updateDmChannel,
} from "../src/queries/dm-channels.ts";
import {
  createDmParticipant,
  deleteDmParticipant,
  findDmParticipants,
  updateDmParticipant,
} from "../src/queries/dm-participants.ts";
import { updateFriendship } from "../src/queries/friendships.ts";
import { createMessage, deleteMessage, findMessages } from "../src/queries/messages.ts";
import { channels } from "../src/schema/channels.ts";
import { messages } from "../src/schema/messages.ts";
import { everywhere, nobody } from "./databases.ts";

everywhere("two people have their direct messages once", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  const cleo = row(people, "cleo").id;
  const [first, second] = await Promise.all([
    createDmChannel(db, [ada, bob]),
    createDmChannel(db, [bob, ada]),
  ]);
  expect(first).toEqual(second);
  const three = await createDmChannel(db, [ada, bob, cleo], "Engines");
  expect(three.id).not.toBe(first.id);
  expect(await createDmChannel(db, [ada, bob])).toEqual(first);
  expect(await findDmChannelById(db, first.id)).toEqual({ ...first, name: null });
  expect(await findDmChannelById(db, nobody)).toBeUndefined();
  for (const refused of [[], [ada], [ada, ada]])
    await expect(createDmChannel(db, refused)).rejects.toThrow("between two people");
  await expect(createDmChannel(db, [ada, nobody])).rejects.toThrow("no such user");
  await updateFriendship(db, cleo, ada, "blocked");
  await expect(createDmChannel(db, [ada, cleo])).rejects.toThrow("has blocked");
});

everywhere("direct messages are named, and deleted with all in them", ["users"], async (given) => {
  const { db, row } = given;
  const ada = row(people, "ada").id;
  const { id } = await createDmChannel(db, [ada, row(people, "bob").id]);
  await createMessage(db, { channelId: id, authorId: ada, content: "Hello" });
  expect(await updateDmChannel(db, id, { name: "Boats" })).toMatchObject({ name: "Boats" });
  expect(await updateDmChannel(db, nobody, { name: "None" })).toBeUndefined();
  expect(await deleteDmChannel(db, id)).toBe(true);
  expect(await deleteDmChannel(db, id)).toBe(false);
  expect(await findDmParticipants(db, id)).toEqual([]);
  expect(await db.from(messages).withDeleted().count()).toBe(0);
  expect(await db.from(channels).count()).toBe(0);
});

everywhere("people join and leave", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const cleo = row(people, "cleo").id;
  const { id } = await createDmChannel(db, [ada, row(people, "bob").id]);
  expect(await createDmParticipant(db, id, cleo)).toEqual({
    channelId: id,
    userId: cleo,
    lastReadMessageId: null,
  });
  await expect(createDmParticipant(db, id, cleo)).rejects.toMatchObject({
    code: "E_UNIQUE_VIOLATION",
  });
  await expect(createDmParticipant(db, nobody, cleo)).rejects.toMatchObject({
    code: "E_FOREIGN_KEY_VIOLATION",
  });
  const names = async () => (await findDmParticipants(db, id)).map(({ username }) => username);
  expect(await names()).toEqual(["ada", "bob", "cleo"]);
  expect(await deleteDmParticipant(db, id, ada)).toBe(true);
  expect(await deleteDmParticipant(db, id, ada)).toBe(false);
  expect(await names()).toEqual(["bob", "cleo"]);
});

everywhere("what others wrote behind the last one read is unread", ["users"], async (given) => {
  const { db, row } = given;
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  const { id: channelId } = await createDmChannel(db, [ada, bob]);
  const other = await createDmChannel(db, [ada, row(people, "cleo").id]);
  // Those of one millisecond count by their keys.
  const createdAt = new Date("2026-01-31T12:00:00Z");
  const written = await db
    .insert(messages)
    .values(
      [1, 2, 3, 4].map((at) => ({ channelId, authorId: bob, content: String(at), createdAt })),
    )
    .returning();
  await createMessage(db, { channelId, authorId: ada, content: "mine" });
  const unread = async () => {
    const found = await findDmChannelsOfUser(db, ada);
    return found.map((dm) => [dm.id === other.id ? "other" : "bob", dm.unreadCount]);
  };
  const read = (at: number) =>
    updateDmParticipant(db, channelId, ada, { lastReadMessageId: written[at]!.id });

  expect(await unread()).toEqual([
    ["bob", 4],
    ["other", 0],
  ]);
  expect(await read(1)).toBe(true);
  expect(await unread()).toContainEqual(["bob", 2]);
  expect(await read(0)).toBe(false);
  expect(await read(1)).toBe(false);
  // A message that is deleted is not unread, and one that was read still tells how far.
  await deleteMessage(db, written[2]!.id);
  await deleteMessage(db, written[1]!.id);
  expect(await unread()).toContainEqual(["bob", 1]);
  expect(await read(3)).toBe(true);
  expect(await unread()).toContainEqual(["bob", 0]);

  const elsewhere = await createMessage(db, {
    channelId: other.id,
    authorId: ada,
    content: "There",
  });
  for (const [userId, lastReadMessageId] of [
    [ada, elsewhere.id],
    [ada, nobody],
    [row(people, "dora").id, written[3]!.id],
  ] as const)
    expect(await updateDmParticipant(db, channelId, userId, { lastReadMessageId })).toBe(false);
});

everywhere("they have pages as every channel has", ["users"], async ({ db, row }) => {
  const ada = row(people, "ada").id;
  const { id: channelId } = await createDmChannel(db, [ada, row(people, "bob").id]);
  for (const content of ["one", "two", "three"])
    await createMessage(db, { channelId, authorId: ada, content });
  const { items } = await findMessages(db, channelId, { size: 2 });
  expect(items.map(({ content }) => content)).toEqual(["three", "two"]);
});
