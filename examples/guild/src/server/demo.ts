// Whom there is to be in the demonstration. Nobody here is real.
import type { Db } from "../database.ts";
import { createChannel } from "../queries/channels.ts";
import { createGuildMember } from "../queries/guild-members.ts";
import { createGuild } from "../queries/guilds.ts";
import { createUser, findUserByUsername } from "../queries/users.ts";

/** Once, in an empty database. */
export async function fillDemo(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    if ((await findUserByUsername(tx, "ada")) !== undefined) return;
    const ada = await createUser(tx, { username: "ada", displayName: "Ada" });
    const guild = await createGuild(tx, { name: "Harbour", ownerId: ada.id });
    for (const username of ["bob", "cleo"]) {
      const { id } = await createUser(tx, { username });
      await createGuildMember(tx, guild.id, id);
    }
    await createChannel(tx, guild.id, { name: "boats" });
  });
}
