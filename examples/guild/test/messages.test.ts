import { eq } from "plinth";
import { expect } from "vitest";
import { channelRows } from "../fixtures/guilds.ts";
import { people } from "../fixtures/users.ts";
import {
  createMessageAttachment,
  deleteMessageAttachment,
  findMessageAttachments,
  updateMessageAttachment,
} from "../src/queries/message-attachments.ts";
import {
  createMessage,
  deleteMessage,
  findDeletedMessages,
  findLatestMessages,
  findMessageById,
  findMessages,
  findMessagesInOrder,
  updateMessage,
} from "../src/queries/messages.ts";
import { messageAttachments, messages } from "../src/schema/messages.ts";
import { everywhere, nobody } from "./databases.ts";

const picture = { filename: "sea.webp", s3Key: "a/1", size: 184_320 };

everywhere(
  "a message is written with its attachments, or not at all",
  ["users", "guilds"],
  async (given) => {
    const { db, row } = given;
    const channelId = row(channelRows, "general").id;
    const authorId = row(people, "ada").id;
    const made = await createMessage(db, {
      channelId,
      authorId,
      content: "Look!",
      attachments: [picture],
    });
    expect(made).toMatchObject({ content: "Look!", editedAt: null, deletedAt: null });
    expect(await findMessageById(db, made.id)).toEqual(made);
    expect(await findMessageAttachments(db, made.id)).toMatchObject([picture]);

    // The key of a file is one file's.
    await expect(
      createMessage(db, { channelId, authorId, content: "Again", attachments: [picture] }),
    ).rejects.toMatchObject({ code: "E_UNIQUE_VIOLATION", columns: ["s3_key"] });
    expect(await db.from(messages).count()).toBe(1);
    for (const refused of [
      { channelId: nobody, authorId, content: "Nowhere" },
      { channelId, authorId: nobody, content: "Nobody" },
    ])
      await expect(createMessage(db, refused)).rejects.toMatchObject({
        code: "E_FOREIGN_KEY_VIOLATION",
      });
    await expect(
      createMessage(db, { channelId, authorId, content: "x".repeat(4_001) }),
    ).rejects.toMatchObject({ code: "E_VALUE_TOO_LONG" });
    expect(await findMessageById(db, nobody)).toBeUndefined();
  },
);

everywhere(
  "attachments are added, renamed and taken away",
  ["users", "guilds"],
  async ({ db, row }) => {
    const { id: messageId } = await createMessage(db, {
      channelId: row(channelRows, "general").id,
      authorId: row(people, "ada").id,
      content: "Files",
    });
    const made = await createMessageAttachment(db, messageId, picture);
    expect(await findMessageAttachments(db, messageId)).toEqual([made]);
    expect(await updateMessageAttachment(db, made.id, { filename: "dusk.webp" })).toMatchObject({
      filename: "dusk.webp",
    });
    expect(await updateMessageAttachment(db, nobody, { filename: "none" })).toBeUndefined();
    await expect(
      createMessageAttachment(db, nobody, { ...picture, s3Key: "b" }),
    ).rejects.toMatchObject({ code: "E_FOREIGN_KEY_VIOLATION" });
    await expect(
      createMessageAttachment(db, messageId, { ...picture, s3Key: "b", size: 0 }),
    ).rejects.toMatchObject({ code: "E_CHECK_VIOLATION" });
    expect(await deleteMessageAttachment(db, made.id)).toBe(true);
    expect(await deleteMessageAttachment(db, made.id)).toBe(false);
    expect(await findMessageAttachments(db, messageId)).toEqual([]);
  },
);

everywhere("what was deleted is hidden, and stays", ["users", "guilds"], async ({ db, row }) => {
  const channelId = row(channelRows, "general").id;
  const authorId = row(people, "ada").id;
  const write = (content: string, s3Key: string) =>
    createMessage(db, { channelId, authorId, content, attachments: [{ ...picture, s3Key }] });
  const first = await write("First", "a");
  const second = await write("Second", "b");

  expect(await deleteMessage(db, first.id)).toBe(true);
  expect(await deleteMessage(db, first.id)).toBe(false);
  expect(await deleteMessage(db, nobody)).toBe(false);
  expect(await findMessageById(db, first.id)).toBeUndefined();
  expect(await findMessageAttachments(db, first.id)).toEqual([]);
  expect(await updateMessage(db, first.id, "Changed")).toBeUndefined();
  const { items } = await findMessages(db, channelId);
  expect(items.map(({ id }) => id)).toEqual([second.id]);

  const [gone, ...others] = await findDeletedMessages(db, channelId);
  expect(others).toEqual([]);
  expect(gone).toMatchObject({ id: first.id, content: "First" });
  expect(gone?.deletedAt).toBeInstanceOf(Date);
  expect(await db.from(messages).count()).toBe(1);
  expect(await db.from(messages).withDeleted().count()).toBe(2);
  expect(await db.from(messageAttachments).count()).toBe(2);
});

everywhere("a message is edited, which it tells", ["users", "guilds"], async ({ db, row }) => {
  const { id } = await createMessage(db, {
    channelId: row(channelRows, "general").id,
    authorId: row(people, "bob").id,
    content: "Frist",
  });
  const edited = await updateMessage(db, id, "First");
  expect(edited).toMatchObject({ content: "First" });
  expect(edited?.editedAt).toBeInstanceOf(Date);
  expect(await updateMessage(db, nobody, "None")).toBeUndefined();
  await expect(updateMessage(db, id, "x".repeat(4_001))).rejects.toMatchObject({
    code: "E_VALUE_TOO_LONG",
  });
});

everywhere(
  "pages of a channel hold each message once, in both directions",
  ["users", "guilds"],
  async (given) => {
    const { db, row } = given;
    const channelId = row(channelRows, "general").id;
    const authorId = row(people, "ada").id;
    const noon = Date.UTC(2026, 0, 31, 12);
    // Ten of one millisecond each: the key decides between them.
    await db.insert(messages).values(
      Array.from({ length: 50 }, (_, at) => ({
        channelId,
        authorId,
        content: String(at),
        createdAt: new Date(noon + Math.floor(at / 10)),
      })),
    );
    await db.insert(messages).values({
      channelId: row(channelRows, "backroom").id,
      authorId,
      content: "elsewhere",
    });
    await db.delete(messages).where(eq(messages.content, "17"));
    const expected = Array.from({ length: 50 }, (_, at) => String(at)).filter((at) => at !== "17");

    const read = async (find: typeof findMessages | typeof findMessagesInOrder) => {
      const seen: string[] = [];
      for await (const { items } of find(db, channelId, { size: 7 }))
        seen.push(...items.map(({ content }) => content));
      return seen;
    };
    expect(await read(findMessages)).toEqual(expected.toReversed());
    expect(await read(findMessagesInOrder)).toEqual(expected);

    const first = await findMessages(db, channelId, { size: 7 });
    const second = await findMessages(db, channelId, { size: 7, after: first.nextCursor });
    // What is written meanwhile shifts nothing.
    await createMessage(db, { channelId, authorId, content: "new" });
    const back = await findMessages(db, channelId, { size: 7, before: second.previousCursor });
    expect(back.items.map(({ id }) => id)).toEqual(first.items.map(({ id }) => id));
    expect(back.hasPreviousPage).toBe(true);
    expect(first.items[0]).toMatchObject({ author: { username: "ada" }, attachments: [] });

    expect((await findMessages(db, nobody)).items).toEqual([]);
    await expect(findMessages(db, channelId, { after: "nonsense" })).rejects.toMatchObject({
      code: "E_CURSOR",
    });
  },
);

everywhere("the newest of each channel are found at once", ["users", "guilds"], async (given) => {
  const { db, row } = given;
  const { guildId, id: general } = row(channelRows, "general");
  const backroom = row(channelRows, "backroom").id;
  const ada = row(people, "ada").id;
  const bob = row(people, "bob").id;
  // In one millisecond the key decides.
  const createdAt = new Date("2026-01-31T12:00:00Z");
  await db.insert(messages).values(
    [
      [general, ada, "one"],
      [backroom, bob, "secret"],
      [general, bob, "two"],
      [general, null, "three"],
    ].map(([channelId, authorId, content]) => ({
      channelId: channelId!,
      authorId: authorId ?? null,
      content: content!,
      createdAt,
    })),
  );
  const texts = async () =>
    (await findLatestMessages(db, guildId!)).map(({ author, content }) => [content, author]);
  expect(await texts()).toEqual([
    ["secret", "bob"],
    ["three", null],
  ]);
  await db.delete(messages).where(eq(messages.content, "three"));
  expect(await texts()).toEqual([
    ["secret", "bob"],
    ["two", "bob"],
  ]);
  expect(await findLatestMessages(db, nobody)).toEqual([]);
});

everywhere("a page goes to its place by the index", ["users", "guilds"], async ({ db, row }) => {
  if (db.server.product !== "sqlite") return;
  const plan = await findMessages(db, row(channelRows, "general").id).explain();
  expect(String(plan)).toContain("messages_channel_id_created_at_idx");
  expect(String(plan)).not.toContain("TEMP B-TREE");
});
