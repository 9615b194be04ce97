// What is asked in SQL, because SQL says it best.
import type { Db } from "../src/database.ts";
import { findFriendDistance } from "../src/queries/friendships.ts";
import { findBusiestMembers, findChannelStatistics } from "../src/queries/guilds.ts";
import type { Cast } from "./cast.ts";
import * as print from "./print.ts";

export async function count(db: Db, { bob, dora, emil }: Cast, guildId: string): Promise<void> {
  print.chapter("What SQL says best", "queries/statistics.sql");
  print.say(
    "Two dozen of the queries are SQL. Each was read by the databases themselves before the program ran, on all of them, " +
      "and its parameters and its rows have types. Every channel, the silent ones too:",
  );
  print.rows(
    (await findChannelStatistics(db, guildId)).map(({ name, messageCount, authorCount }) => ({
      channel: name,
      messages: messageCount,
      authors: authorCount,
    })),
  );
  print.say("Who has written most; who has written as much shares a place:");
  const busiest = await findBusiestMembers(db, guildId, new Date("2026-01-01T00:00:00Z"));
  print.rows(
    busiest.map(({ place, username, messageCount }) => ({
      place,
      username,
      messages: messageCount,
    })),
  );
  print.say("Over how many friends people know one another, three steps at most:");
  const rows = [];
  for (const [from, to, first, second] of [
    ["Bob", "Dora", bob, dora],
    ["Dora", "Emil", dora, emil],
  ] as const)
    rows.push({ from, to, distance: await findFriendDistance(db, first, second) });
  print.rows(rows);
}
