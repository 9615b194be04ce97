// The story of a guild, told on a database of its own: `npm run story`, or `npm run story -- --url postgres://… --store redis://…`
//
// Migrations only go forward, so that database is made beside the one of the URL, and dropped at the end.
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createScratch, type Database } from "plinth";
import type { Store } from "plinth/services";
import { openDatabase, productOf } from "./src/database.ts";
import type { schema } from "./src/schema/schema.ts";
import { openGuildStore } from "./src/store.ts";
import { tellNews } from "./story/events.ts";
import { befriend, leave } from "./story/friends.ts";
import { giveRoles, makeGuild, openChannels } from "./story/guilds.ts";
import { talk, writeDirectly } from "./story/messages.ts";
import * as print from "./story/print.ts";
import { count } from "./story/statistics.ts";
import { keepForAWhile } from "./story/store.ts";
import { signIn, signUp } from "./story/users.ts";

const { values } = parseArgs({
  options: { url: { type: "string" }, store: { type: "string", default: "memory:" } },
});

/** Only for the story. Yours stands in `GUILD_KEYS`. */
const encryption = { current: "story", keys: { story: Buffer.alloc(32, 7) } };

if (values.url === undefined) {
  const folder = await mkdtemp(join(tmpdir(), "guild-"));
  try {
    await tellBeside(`sqlite:${join(folder, "guild.sqlite")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} else {
  await tellBeside(values.url);
}

async function tellBeside(url: string): Promise<void> {
  const scratch = await createScratch(url);
  try {
    const db = await openDatabase(scratch.url, { encryption });
    try {
      await tellWithStore(db, values.store);
    } finally {
      await db.close();
    }
  } finally {
    await scratch.drop();
  }
}

/** Below a prefix of its own, so that it is in nobody's way, and finds all that it leaves. */
async function tellWithStore(db: Database<typeof schema>, url: string): Promise<void> {
  const store = await openGuildStore(url, { prefix: `story-${randomUUID()}` });
  try {
    await tell(db, store);
  } finally {
    for (const namespace of ["oidc", "online", "ratelimit", "session"])
      await store.clear(namespace);
    await store.close();
  }
}

async function tell(db: Database<typeof schema>, store: Store): Promise<void> {
  print.title("A guild, where people talk");
  print.say(
    `All of this happens now, on ${productOf(db)}. The same thirteen tables, declared once, and the same code give ` +
      "the same answers on SQLite, PostgreSQL and MariaDB.",
  );
  const cast = await signUp(db);
  await signIn(db, cast);
  await keepForAWhile(db, store, cast);
  const guildId = await makeGuild(db, cast);
  await giveRoles(db, cast, guildId);
  const channelId = await openChannels(db, cast, guildId);
  await talk(db, cast, { channelId, guildId });
  await tellNews(db, store, cast, channelId);
  await writeDirectly(db, cast);
  await befriend(db, cast);
  await count(db, cast, guildId);
  await leave(db, cast, guildId);
  print.say("That was the story. Its database is dropped now.");
  console.log();
}
