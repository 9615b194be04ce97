import type { Database } from "plinth";
import { refresh, signIn, signUp, verifyEmail } from "../backend/src/auth.ts";
import { usersWithTokens } from "../backend/src/relations.ts";
import type { schema } from "../backend/src/schema/schema.ts";
import { refreshTokens } from "../backend/src/schema/tokens.ts";
import {
  countPages,
  createUser,
  disableUser,
  enableUser,
  fetchPage,
  findUserByUsername,
  listUsers,
  setRole,
} from "../backend/src/users.ts";
import { alice } from "./cast.ts";
import * as print from "./print.ts";
import { refused } from "./refused.ts";

type Db = Database<typeof schema>;

export async function signUpAndVerify(db: Db): Promise<void> {
  print.chapter("Signing up", "backend/src/auth.ts");
  print.say(
    "A user and the token that is mailed to it are made in one transaction. Of the token only a hash is kept.",
  );
  const { user, verificationToken } = await signUp(db, alice);
  await refused("Mallory", () => signUp(db, { ...alice, username: "mallory" }));
  const verified = await verifyEmail(db, verificationToken);
  print.rows(
    [user, verified].map(({ emailVerified, role, username }) => ({
      username,
      role,
      emailVerified,
    })),
  );
  await refused("Alice", () => verifyEmail(db, verificationToken));
}

export async function exchangeTokens(db: Db): Promise<void> {
  print.chapter("Refresh tokens", "backend/src/auth.ts");
  print.say(
    "A refresh token is good for one use: it is revoked by the same statement that finds it, so that of two who use it at " +
      "once one gets the next. One that comes twice was stolen, and ends all sessions of its user.",
  );
  await refused("Somebody", () => signIn(db, { ...alice, password: "looking glass" }));
  const { refreshToken } = await signIn(db, alice);
  await signIn(db, alice);
  await refresh(db, refreshToken);
  await told(db);
  await refused("The thief", () => refresh(db, refreshToken));
  await told(db);
}

async function told(db: Db): Promise<void> {
  const tokens = await db.from(refreshTokens);
  const open = tokens.filter(({ revokedAt }) => revokedAt === null).length;
  print.rows([{ "tokens kept": tokens.length, "still good": open }]);
}

export async function disable(db: Db): Promise<void> {
  print.chapter("Disabling", "backend/src/users.ts");
  print.say(
    "A disabled user keeps its row, its name and its address, and is found by them, as the guide wants it: the address is " +
      "not free for somebody else.",
  );
  const user = await findUserByUsername(db, alice.username);
  await disableUser(db, user!.id);
  const found = await findUserByUsername(db, alice.username);
  print.rows([{ username: found!.username, disabled: found!.disabledAt !== null }]);
  await refused("Alice", () => signIn(db, alice));
  await refused("Mallory", () => signUp(db, { ...alice, username: "mallory" }));
  const { disabledAt, username } = await enableUser(db, user!.id);
  print.rows([{ username, disabled: disabledAt !== null }]);
}

export async function administer(db: Db): Promise<void> {
  print.chapter("Administration", "backend/src/users.ts");
  print.say(
    "Administrators page through users: from 1, as people count, or from 0, as SeaORM's fetch_page does.",
  );
  for (let at = 1; at <= 44; at++) {
    const username = `user${at}`;
    await createUser(db, { username, email: `${username}@example.com`, passwordHash: "none" });
  }
  const [first] = await fetchPage(db, 0);
  await setRole(db, first!.id, "admin");
  const { page, pages, total } = await listUsers(db, {}, { page: 1, size: 20 });
  const admins = await listUsers(db, { role: "admin" }, { page: 1, size: 20 });
  print.rows([
    { page, pages, total, "num_pages()": await countPages(db), administrators: admins.total },
  ]);
}

export async function related(db: Db): Promise<void> {
  print.chapter("Relations", "backend/src/relations.ts");
  print.say(
    "Users with their tokens, SeaORM's find_with_related: two queries, however many users there are.",
  );
  const all = await usersWithTokens(db);
  const shown = all.slice(0, 3);
  print.rows(shown.map((user) => ({ username: user.username, tokens: user.refreshTokens.length })));
}
