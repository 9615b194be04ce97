// What is said, in channels and directly.
import type { Db } from "../src/database.ts";
import { createDmChannel, findDmChannelsOfUser } from "../src/queries/dm-channels.ts";
import { updateDmParticipant } from "../src/queries/dm-participants.ts";
import {
  createMessage,
  deleteMessage,
  findDeletedMessages,
  findLatestMessages,
  findMessages,
  findMessagesInOrder,
  updateMessage,
} from "../src/queries/messages.ts";
import { messages } from "../src/schema/messages.ts";
import type { Cast } from "./cast.ts";
import * as print from "./print.ts";

type Listed = Awaited<ReturnType<typeof findMessages>>["items"][number];

function rowOf({ author, content, editedAt, attachments }: Listed) {
  return {
    author: author?.username ?? null,
    content,
    edited: editedAt !== null,
    files: attachments.map(({ filename }) => filename).join(", ") || null,
  };
}

export async function talk(
  db: Db,
  { ada, bob, cleo }: Cast,
  { channelId, guildId }: { readonly channelId: string; readonly guildId: string },
): Promise<void> {
  print.chapter("Messages", "src/queries/messages.ts");
  const said = [];
  for (const [authorId, content] of [
    [ada, "Good morning"],
    [bob, "Has anybody seen my bort?"],
    [cleo, "Your what?"],
    [bob, "Never mind"],
    [ada, "Plans for the harbour are attached"],
    [cleo, "Lovely"],
    [bob, "When do we start?"],
  ] as const) {
    const attachments =
      content.includes("attached") && authorId === ada
        ? [{ filename: "harbour.pdf", s3Key: "2026/harbour", size: 1_204_224 }]
        : [];
    said.push(await createMessage(db, { channelId, authorId, content, attachments }));
  }
  await updateMessage(db, said[1]!.id, "Has anybody seen my boat?");
  await deleteMessage(db, said[3]!.id);
  print.say("The newest first, three on a page, as somebody scrolls back:");
  const first = await findMessages(db, channelId, { size: 3 });
  print.rows(first.items.map(rowOf));
  const second = await findMessages(db, channelId, { size: 3, after: first.nextCursor });
  print.rows(second.items.map(rowOf));
  await createMessage(db, { channelId, authorId: cleo, content: "Tomorrow" });
  const back = await findMessages(db, channelId, { size: 3, before: second.previousCursor });
  const isSame = back.items.every(({ id }, at) => id === first.items[at]?.id);
  print.say(
    "Meanwhile Cleo answers, which moves nobody's page: the one before that is " +
      `${isSame ? "what it was" : "another one"}. From the oldest on, as an export reads them:`,
  );
  const words: string[] = [];
  for await (const { items } of findMessagesInOrder(db, channelId, { size: 3 }))
    words.push(...items.map(({ content }) => content));
  print.lines(words.join("\n"));
  print.say("What stands under each channel in the list: the newest of each.");
  print.rows(
    (await findLatestMessages(db, guildId)).map(({ author, content }) => ({ author, content })),
  );
  const deleted = await findDeletedMessages(db, channelId);
  print.say("What was deleted is hidden, and stays for who looks after the channel:");
  print.rows(deleted.map(({ content, deletedAt }) => ({ content, deleted: deletedAt !== null })));
}

export async function writeDirectly(db: Db, { ada, bob, cleo }: Cast): Promise<void> {
  print.chapter("Direct messages", "src/queries/dm-channels.ts, dm-participants.ts");
  const pair = await createDmChannel(db, [ada, bob]);
  const same = await createDmChannel(db, [bob, ada]);
  const three = await createDmChannel(db, [ada, bob, cleo], "Harbour");
  print.say(
    `Ada writes to Bob, and Bob to Ada: ${pair.id === same.id ? "one channel" : "two channels"}. ` +
      "Their messages stand where all others do, so that pages, edits and files work the same.",
  );
  const written = [];
  for (const content of ["Hello", "Are you there?", "It floats!"])
    written.push(await createMessage(db, { channelId: pair.id, authorId: bob, content }));
  await createMessage(db, { channelId: three.id, authorId: cleo, content: "At eight?" });
  const unread = async (): Promise<void> =>
    print.rows(
      (await findDmChannelsOfUser(db, ada)).map((dm) => ({
        with: dm.name ?? "bob",
        unread: dm.unreadCount,
      })),
    );
  print.say("What Ada hasn't read, before and after she reads the first two of Bob:");
  await unread();
  const lastReadMessageId = written[1]!.id;
  await updateDmParticipant(db, pair.id, ada, { lastReadMessageId });
  await unread();
  print.rows([{ "messages in all": await db.from(messages).count() }]);
}
