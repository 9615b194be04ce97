import { eq } from "plinth";
import { defineSeed } from "plinth/seed";
import { createAlters } from "../../src/alters.ts";
import { createGroup, setGroupMembers } from "../../src/groups.ts";
import { hashPassword } from "../../src/passwords.ts";
import { users } from "../../src/schema/users.ts";
import { createSubsystem, setMember } from "../../src/subsystems.ts";
import { createSystem } from "../../src/systems.ts";

const username = "lighthouse";

/** A system to develop with: sign in as lighthouse, with the password lighthouse. */
export default defineSeed(async (tx) => {
  if ((await tx.from(users).where(eq(users.username, username)).count()) > 0) return;
  const user = await tx
    .insert(users)
    .values({
      username,
      passwordHash: await hashPassword(username),
      isSystem: true,
      isApproved: true,
    })
    .returning({ id: users.id })
    .one();
  const actor = { userId: user.id };
  const system = await createSystem(tx, actor, { name: "The Lighthouse" });
  const alters = await createAlters(tx, actor, system.id, [
    { name: "River", description: "Hosts most days. Writes the journal." },
    { name: "Juniper", description: "Looks after the young ones." },
    { name: "Ash", description: "Keeps watch at night." },
    { name: "Wren", description: "Six years old. Likes rivers and trains." },
  ]);
  const group = await createGroup(tx, actor, system.id, { name: "Hosts", color: "#2f6f9f" });
  await setGroupMembers(
    tx,
    actor,
    group.id,
    alters.slice(0, 2).map(({ id }) => id),
  );
  const { id: subsystemId } = await createSubsystem(tx, actor, system.id, { name: "Night watch" });
  for (const { id: alterId } of alters.slice(2))
    await setMember(tx, actor, { subsystemId, alterId });
});
