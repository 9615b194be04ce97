// Who knows whom, and what goes when somebody goes.
import type { Db } from "../src/database.ts";
import {
  createFriendship,
  deleteFriendship,
  findFriendRequests,
  findFriends,
  findFriendSuggestions,
  findMutualFriends,
  updateFriendship,
} from "../src/queries/friendships.ts";
import { deleteGuild, updateGuildOwner } from "../src/queries/guilds.ts";
import { deleteUser } from "../src/queries/users.ts";
import { schema } from "../src/schema/schema.ts";
import type { Cast } from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

export async function befriend(db: Db, { ada, bob, cleo, dora, emil }: Cast): Promise<void> {
  print.chapter("Friends", "src/queries/friendships.ts");
  print.say("Two people have one row, whoever began. Who asks back accepts.");
  for (const [first, second] of [
    [ada, bob],
    [ada, cleo],
    [cleo, bob],
    [dora, ada],
    [bob, dora],
  ] as const) {
    await createFriendship(db, first, second);
    await createFriendship(db, second, first);
  }
  await createFriendship(db, emil, ada);
  const names = (found: readonly { username: string }[]): string | null =>
    found.map(({ username }) => username).join(", ") || null;
  print.rows([
    { whose: "Ada's friends", who: names(await findFriends(db, ada)) },
    { whose: "those that she has with Bob", who: names(await findMutualFriends(db, ada, bob)) },
    { whose: "who asks her", who: names(await findFriendRequests(db, ada)) },
    { whose: "whom Cleo may know", who: names(await findFriendSuggestions(db, cleo)) },
  ]);
  await tellRefusal("Emil, once more", () => createFriendship(db, emil, ada));
  await updateFriendship(db, ada, emil, "blocked");
  await tellRefusal("Emil, whom Ada has blocked", () => createFriendship(db, emil, ada));
  await tellRefusal("Emil, to be rid of it", () => deleteFriendship(db, emil, ada));
  await deleteFriendship(db, ada, emil);
  print.say("Ada takes it back, and there is nothing between them any more.");
}

export async function leave(db: Db, { ada, bob }: Cast, guildId: string): Promise<void> {
  print.chapter("What goes, and what stays", "src/schema/");
  await tellRefusal("Ada, who owns a guild", () => deleteUser(db, ada));
  const before = await countRows(db);
  await updateGuildOwner(db, guildId, bob);
  await deleteUser(db, ada);
  const without = await countRows(db);
  await deleteGuild(db, guildId);
  const after = await countRows(db);
  print.say(
    "Ada hands her guild to Bob and goes: what was hers goes along, and what she wrote stays, without its author. " +
      "Then the guild goes, with all that is in it.",
  );
  print.rows(
    Object.keys(before).map((table) => ({
      table,
      before: before[table] ?? 0,
      "without Ada": without[table] ?? 0,
      "without the guild": after[table] ?? 0,
    })),
  );
}

async function countRows(db: Db): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, table] of Object.entries(schema.tables))
    // The outbox's belong to nobody.
    if (!name.startsWith("plinth")) counts[name] = await db.from(table).count();
  return counts;
}
