// What the page asks for, as JSON. Whoever asks is known by the cookie of a session.
import type { IncomingMessage } from "node:http";
import type { Database } from "plinth";
import type { News } from "../events.ts";
import { removeMessage, sendMessage } from "../messaging.ts";
import type { GuildPresence } from "../presence.ts";
import { findVisibleChannels } from "../queries/channels.ts";
import { findGuildMember, findGuildMembers } from "../queries/guild-members.ts";
import { findGuildsOfUser } from "../queries/guilds.ts";
import { findMessageById, findMessages } from "../queries/messages.ts";
import { createSession, findSessionByToken } from "../queries/sessions.ts";
import { findUserByUsername } from "../queries/users.ts";
import { Refusal } from "../refusal.ts";
import type { schema } from "../schema/schema.ts";

export interface Context {
  readonly db: Database<typeof schema>;
  readonly news: News;
  readonly presence: GuildPresence;
}

export interface SignedIn {
  readonly userId: string;
  readonly username: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_BODY_LENGTH = 16_384;

function tokenOf(request: IncomingMessage): string | undefined {
  return /(?:^|;\s*)session=([\w-]{1,100})/.exec(request.headers.cookie ?? "")?.[1];
}

export async function whoAsks(
  { db }: Context,
  request: IncomingMessage,
): Promise<SignedIn | undefined> {
  const token = tokenOf(request);
  return token === undefined ? undefined : await findSessionByToken(db, token);
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk as string;
    if (text.length > MAX_BODY_LENGTH) throw new Refusal("That is too long.");
  }
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // As whatever else is no object.
  }
  throw new Refusal("That is no JSON.");
}

/** What a client asks for may be anything. */
function isId(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}

/** Whether two people are in one guild. */
export async function mayMeet({ db }: Context, userId: string, otherId: string): Promise<boolean> {
  if (!isId(otherId)) return false;
  for (const { id } of await findGuildsOfUser(db, userId)) {
    if ((await findGuildMember(db, id, otherId)) !== undefined) return true;
  }
  return false;
}

/** Whether somebody sees a channel. */
export async function maySee({ db }: Context, userId: string, channelId: string): Promise<boolean> {
  if (!isId(channelId)) return false;
  for (const { id } of await findGuildsOfUser(db, userId)) {
    const channels = await findVisibleChannels(db, id, userId);
    if (channels.some((channel) => channel.id === channelId)) return true;
  }
  return false;
}

/** Only for trying: people of the demonstration sign in by their names alone. */
async function signIn({ db }: Context, request: IncomingMessage): Promise<Answer> {
  const { username } = await bodyOf(request);
  const user = typeof username === "string" ? await findUserByUsername(db, username) : undefined;
  if (user === undefined) throw new Refusal("Nobody is called that.");
  const { token } = await createSession(db, user.id);
  const cookie = `session=${token}; HttpOnly; SameSite=Strict; Path=/`;
  return { status: 200, body: { username: user.username }, headers: { "Set-Cookie": cookie } };
}

async function overview(
  { db, presence }: Context,
  { userId, username }: SignedIn,
): Promise<Answer> {
  const guilds = [];
  for (const { id, name } of await findGuildsOfUser(db, userId)) {
    const channels = await findVisibleChannels(db, id, userId);
    const members = [];
    for (const member of await findGuildMembers(db, id)) {
      const isHere = await presence.isHere(member.userId);
      members.push({ userId: member.userId, username: member.username, isHere });
    }
    guilds.push({ id, name, channels: channels.filter(({ type }) => type === "text"), members });
  }
  return { status: 200, body: { userId, username, guilds } };
}

async function messagesOf({ db }: Context, channelId: string): Promise<Answer> {
  const { items } = await findMessages(db, channelId);
  const body = items.toReversed().map(({ author, content, createdAt, editedAt, id }) => {
    return {
      id,
      author: author?.username ?? null,
      content,
      createdAt,
      isEdited: editedAt !== null,
    };
  });
  return { status: 200, body };
}

async function say(
  { db, news }: Context,
  { userId }: SignedIn,
  channelId: string,
  request: IncomingMessage,
): Promise<Answer> {
  const { content, isUndone } = await bodyOf(request);
  if (typeof content !== "string" || content.trim() === "") throw new Refusal("Say something.");
  if (content.length > 4_000) throw new Refusal("That is too long.");
  const message = { channelId, authorId: userId, content };
  if (isUndone === true) {
    // To see that what is rolled back isn't told.
    return await db.transaction(async (tx) => {
      await sendMessage(tx, news, message);
      throw new Refusal("It was written, and rolled back.");
    });
  }
  const { id } = await sendMessage(db, news, message);
  return { status: 201, body: { id } };
}

async function remove({ db, news }: Context, { userId }: SignedIn, id: string): Promise<Answer> {
  const message = await findMessageById(db, id);
  if (message?.authorId !== userId) throw new Refusal("This isn't yours.");
  return { status: 200, body: { isDeleted: await removeMessage(db, news, id) } };
}

/** @returns undefined for a path that isn't of the API. */
export async function answer(
  context: Context,
  request: IncomingMessage,
  isDemo: boolean,
): Promise<Answer | undefined> {
  const [api, what, id, part] = request.url!.split("?")[0]!.split("/").slice(1);
  if (api !== "api") return undefined;
  const route = `${request.method} ${what}${part === undefined ? "" : `/${part}`}`;
  if (route === "POST sign-in" && isDemo) return await signIn(context, request);
  const who = await whoAsks(context, request);
  if (who === undefined) return { status: 401, body: { message: "Sign in first." } };
  if (route === "GET me") return await overview(context, who);
  if (route === "DELETE messages" && id !== undefined) return await remove(context, who, id);
  if (route === "GET people" && id !== undefined && (await mayMeet(context, who.userId, id))) {
    return { status: 200, body: { isHere: await context.presence.isHere(id) } };
  }
  if (id === undefined || !(await maySee(context, who.userId, id))) {
    return { status: 404, body: { message: "There is no such thing." } };
  }
  if (route === "GET channels/messages") return await messagesOf(context, id);
  if (route === "POST channels/messages") return await say(context, who, id, request);
  return { status: 404, body: { message: "There is no such thing." } };
}
