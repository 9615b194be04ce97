import type { Database } from "plinth";
import { expect } from "vitest";
import { emailVerifications } from "../src/schema/tokens.ts";
import { signUpByHand, signUpInCallback } from "../src/transactions.ts";
import { usernames } from "../src/users.ts";
import { everywhere } from "./databases.ts";

everywhere("both kinds of transactions make all or nothing", async ({ db }) => {
  const own = db as unknown as Database;
  await signUpByHand(own);
  await signUpInCallback(own);
  await expect(signUpByHand(own)).rejects.toMatchObject({ reason: "taken" });
  await expect(signUpInCallback(own)).rejects.toMatchObject({ reason: "taken" });
  expect(await usernames(db)).toEqual(["alice", "bob"]);
  expect(await db.from(emailVerifications).count()).toBe(2);
});
