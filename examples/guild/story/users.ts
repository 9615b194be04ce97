// Accounts, and who is signed in.
import { sql } from "plinth";
import type { Db } from "../src/database.ts";
import {
  createSession,
  deleteExpiredSessions,
  findSessionByToken,
  updateSession,
} from "../src/queries/sessions.ts";
import {
  createUser,
  findUserMfaSecret,
  findUsers,
  updateUserMfaSecret,
  updateUserStatus,
} from "../src/queries/users.ts";
import { cast, type Cast } from "./cast.ts";
import * as print from "./print.ts";
import { tellRefusal } from "./refused.ts";

export async function signUp(db: Db): Promise<Cast> {
  print.chapter("Accounts", "src/queries/users.ts");
  const made = [];
  for (const user of cast) made.push(await createUser(db, user));
  print.rows(
    made.map(({ username, email, displayName, status }) => ({
      username,
      email,
      displayName,
      status,
    })),
  );
  print.say(
    "Keys are UUIDs of version 7, made by the program: they sort by time, so that indexes grow at their end. " +
      "Names and addresses are of one user each; who goes without an address is in nobody's way.",
  );
  await tellRefusal("another ada", () => createUser(db, { username: "ada" }));
  await tellRefusal("Eve", () => createUser(db, { username: "Eve & friends" }));
  const keys = Object.fromEntries(made.map(({ id, username }) => [username, id])) as Cast;
  await updateUserStatus(db, keys.bob, "busy");
  print.say("Who is called like AD:");
  print.rows(
    (await findUsers(db, "AD")).map(({ username, displayName }) => ({ username, displayName })),
  );
  await keepSecret(db, keys);
  return keys;
}

async function keepSecret(db: Db, { ada }: Cast): Promise<void> {
  const secret = "JBSWY3DPEHPK3PXP";
  await updateUserMfaSecret(db, ada, secret);
  print.say("The secret of Ada's authenticator is encrypted before it leaves the program:");
  const { rows } = await db.execute(
    sql<{ mfa_secret: Uint8Array }>`select mfa_secret from users where mfa_secret is not null`,
  );
  const stored = Buffer.from(rows[0]!.mfa_secret);
  print.rows([
    { "who looks": "the program", "what is there": (await findUserMfaSecret(db, ada)) ?? null },
    { "who looks": "the database", "what is there": `${stored.length} bytes` },
    {
      "who looks": "a thief, for the text in them",
      "what is there": stored.includes(secret) ? "found" : "not found",
    },
  ]);
}

export async function signIn(db: Db, { ada, bob }: Cast): Promise<void> {
  print.chapter("Sessions", "src/queries/sessions.ts");
  const expired = new Date("2026-01-01T00:00:00Z");
  await createSession(db, bob, expired);
  const { token } = await createSession(db, ada);
  const next = await updateSession(db, token, new Date("2100-01-01T00:00:00Z"));
  const again = await updateSession(db, token, new Date("2100-01-01T00:00:00Z"));
  const session = await findSessionByToken(db, next ?? "");
  print.say(
    "The database knows what tokens hash to, and not the tokens. One is exchanged for the next, once:",
  );
  print.rows([
    { what: "the token is exchanged", outcome: next === undefined ? "refused" : "a new one" },
    { what: "the same token once more", outcome: again === undefined ? "refused" : "a new one" },
    { what: "whose is the new one?", outcome: session?.username ?? "nobody's" },
    { what: "sessions that had expired", outcome: (await deleteExpiredSessions(db)).length },
  ]);
}
