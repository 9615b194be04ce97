import { eq, uuidv7, type Executor } from "plinth";
import { expect } from "vitest";
import { transferCredits } from "../src/main/queries/credits.ts";
import { deactivateUser } from "../src/main/queries/soft-deletion.ts";
import { transactions } from "../src/main/schemas/transaction.schema.ts";
import { users } from "../src/main/schemas/user.schema.ts";
import { everywhere } from "./databases.ts";
import { people } from "./people.ts";

async function balances(db: Executor): Promise<number[]> {
  const rows = await db.from(users).withDeleted().orderBy(users.name);
  return rows.map(({ credits }) => credits);
}

everywhere("credits move, and it is written down", async ({ db }) => {
  const { ada, bob } = await people(db);
  const written = await transferCredits(db, ada.id, bob.id, 30);
  expect(written).toMatchObject({
    fromUserId: ada.id,
    toUserId: bob.id,
    amount: 30,
    type: "transfer",
  });
  expect(await balances(db)).toEqual([70, 30, 0]);
});

everywhere("a transfer that can't be is refused, and moves nothing", async ({ db }) => {
  const { ada, bob, cleo } = await people(db);
  await deactivateUser(db, cleo.id);
  const refusals: [string, string, number, string][] = [
    [ada.id, bob.id, 101, "Insufficient credits."],
    [bob.id, ada.id, 1, "Insufficient credits."],
    [cleo.id, ada.id, 1, "Insufficient credits."],
    [uuidv7(), ada.id, 1, "Insufficient credits."],
    [ada.id, cleo.id, 1, "There is no such recipient."],
    [ada.id, uuidv7(), 1, "There is no such recipient."],
    [ada.id, ada.id, 1, "Nobody gives credits to themselves."],
    [ada.id, bob.id, 0, "Credits are moved in whole numbers above 0."],
    [ada.id, bob.id, -5, "Credits are moved in whole numbers above 0."],
    [ada.id, bob.id, 1.5, "Credits are moved in whole numbers above 0."],
    [ada.id, bob.id, Number.NaN, "Credits are moved in whole numbers above 0."],
  ];
  for (const [from, to, amount, message] of refusals)
    await expect(transferCredits(db, from, to, amount)).rejects.toMatchObject({ message });
  expect(await balances(db)).toEqual([100, 0, 0]);
  expect(await db.from(transactions).count()).toBe(0);
});

everywhere("of many at once none spends what another has spent", async ({ db }) => {
  const { ada, bob, cleo } = await people(db);
  await db.update(users).set({ credits: 50 }).where(eq(users.id, bob.id));
  const tries = Array.from({ length: 12 }, (_, at) =>
    at % 2 === 0
      ? transferCredits(db, ada.id, bob.id, 30)
      : transferCredits(db, bob.id, at % 4 === 1 ? ada.id : cleo.id, 20),
  );
  const settled = await Promise.allSettled(tries);
  const done = settled.filter(({ status }) => status === "fulfilled").length;
  const [a = 0, b = 0, c = 0] = await balances(db);
  expect(a + b + c).toBe(150);
  expect(Math.min(a, b, c)).toBeGreaterThanOrEqual(0);
  expect(await db.from(transactions).count()).toBe(done);
});
