import type { Database } from "plinth";
import { createVerificationToken } from "./auth.ts";
import { createUser } from "./users.ts";

/** A transaction that is ended by hand. Left by an error, it is rolled back at the end of its block. */
export async function signUpByHand(db: Database): Promise<void> {
  const tx = await db.begin();
  try {
    const user = await createUser(tx, {
      username: "alice",
      email: "alice@example.com",
      passwordHash: "hash",
    });
    await createVerificationToken(tx, user.id);
    await tx.commit();
  } finally {
    await tx.rollback();
  }
}

/** The same in a callback: committed when it returns, rolled back when it throws. */
export async function signUpInCallback(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    const user = await createUser(tx, {
      username: "bob",
      email: "bob@example.com",
      passwordHash: "hash",
    });
    await createVerificationToken(tx, user.id);
  });
}
