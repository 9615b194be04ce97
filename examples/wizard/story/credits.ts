import { asc, type Database } from "plinth";
import { transferCredits } from "../src/main/queries/credits.ts";
import { getUsers, getUsersPaginated } from "../src/main/queries/pages.ts";
import { deactivateUser } from "../src/main/queries/soft-deletion.ts";
import type { schema } from "../src/main/schemas/schema.ts";
import { users } from "../src/main/schemas/user.schema.ts";
import * as print from "./print.ts";
import type { Cast } from "./users.ts";

type Db = Database<typeof schema>;

export async function transfer(db: Db, { ada, bob, cleo }: Cast): Promise<void> {
  print.chapter("Credits", "src/main/queries/credits.ts");
  print.say("Ada gives Bob thirty credits: all of the transfer is done, or none of it.");
  await transferCredits(db, ada.id, bob.id, 30);
  print.rows(
    await db
      .select({ name: users.name, credits: users.credits })
      .from(users)
      .orderBy(asc(users.name)),
  );
  await refused("Ada", () => transferCredits(db, ada.id, bob.id, 71));
  await refused("Ada", () => transferCredits(db, ada.id, bob.id, -5));
  await deactivateUser(db.as({ id: ada.id }), cleo.id);
  await refused("Ada", () => transferCredits(db, ada.id, cleo.id, 1));
  print.say("Nothing was lost: an update that meets nobody is noticed, and undoes the rest.");
  const [{ total } = { total: 0 }] = await sumOf(db);
  print.rows([{ "credits of all": total }]);
}

async function sumOf(db: Db): Promise<{ total: number }[]> {
  const all = await db.from(users).withDeleted();
  return [{ total: all.reduce((sum, { credits }) => sum + credits, 0) }];
}

async function refused(who: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    print.refused(who, (error as Error).message);
    return;
  }
  throw new Error("It was to be refused.");
}

export async function turnPages(db: Db): Promise<void> {
  print.chapter("Pages", "src/main/queries/pages.ts");
  print.say(
    "Forty more users, all made within one second. By number, pages tell how many there are; by cursor, they are as fast " +
      "far down as at the top, and nobody is skipped for having been made in the same second as somebody else.",
  );
  const createdAt = new Date("2026-01-02T03:04:05Z");
  await db
    .insert(users)
    .values(Array.from({ length: 40 }, (_, at) => ({ name: `User ${at + 1}`, createdAt })));
  const { items, page, pages, total } = await getUsersPaginated(db, 3, 20);
  print.rows([{ page, pages, "users on it": items.length, "users in all": total }]);

  const seen = new Set<string>();
  let turned = 0;
  let cursor: string | undefined;
  do {
    const next = await getUsers(db, cursor, 9);
    for (const { id } of next.items) seen.add(id);
    cursor = next.nextCursor ?? undefined;
    turned++;
  } while (cursor !== undefined);
  print.rows([{ "pages by cursor": turned, "users seen": seen.size }]);
}
