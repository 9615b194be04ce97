import { add, and, eq, gte, subtract, type Executor } from "plinth";
import { Refusal } from "../refusal.ts";
import { transactions, type Transaction } from "../schemas/transaction.schema.ts";
import { users } from "../schemas/user.schema.ts";

// #region transfer
/**
 * Moves credits from one user to another, and writes it down: all of it or nothing.
 *
 * @throws {Refusal} for an amount that is no whole number above 0, without enough credits, and where one of the two is
 * unknown or deactivated.
 */
export async function transferCredits(
  db: Executor,
  fromUserId: string,
  toUserId: string,
  amount: number,
): Promise<Transaction> {
  if (!Number.isSafeInteger(amount) || amount <= 0)
    throw new Refusal("Credits are moved in whole numbers above 0.");
  if (fromUserId === toUserId) throw new Refusal("Nobody gives credits to themselves.");
  const transfer = async (tx: Executor): Promise<Transaction> => {
    const taken = await tx
      .update(users)
      .set({ credits: subtract(users.credits, amount) })
      .where(and(eq(users.id, fromUserId), gte(users.credits, amount)));
    if (taken.affectedRows === 0) throw new Refusal("Insufficient credits.");
    const given = await tx
      .update(users)
      .set({ credits: add(users.credits, amount) })
      .where(eq(users.id, toUserId));
    if (given.affectedRows === 0) throw new Refusal("There is no such recipient.");
    return tx
      .insert(transactions)
      .values({ fromUserId, toUserId, amount, type: "transfer" })
      .returning()
      .one();
  };
  // Two who give to one another at once may stand in each other's way.
  return db.transaction(transfer, { retries: 5 });
}
// #endregion
