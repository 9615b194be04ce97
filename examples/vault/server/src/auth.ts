import { eq } from "plinth";
import type { NewSession, Session } from "plinth/services";
import { profileOf, type Profile } from "./cached.ts";
import { users } from "./entities/schema.ts";
import { hashPassword, isPassword } from "./passwords.ts";
import { Refusal } from "./refusal.ts";
import type { Device } from "./store.ts";
import { createUser, findUserByEmail, type User } from "./users.ts";
import type { Vault } from "./vault.ts";

export interface SignUp {
  readonly email: string;
  readonly ocid: string;
  readonly password: string;
}

export async function signUp({ db }: Vault, { email, ocid, password }: SignUp): Promise<User> {
  return createUser(db, { email, ocid, passwd: await hashPassword(password) });
}

/** @throws {Refusal} `"wrong"` for a wrong password or address, and for a user who is deleted. */
export async function signIn(
  { db, sessions }: Vault,
  { email, password }: { readonly email: string; readonly password: string },
  device: Device,
): Promise<NewSession<Device>> {
  const user = await findUserByEmail(db, email);
  const isTheirs = await isPassword(password, user?.passwd);
  if (user === undefined || !isTheirs) throw new Refusal("wrong", "Address or password are wrong.");
  return sessions.create(String(user.id), device);
}

/** Whose a request is. */
export interface Visitor {
  readonly session: Session<Device>;
  readonly profile: Profile;
}

/** @returns Undefined for a token that is over, revoked or none, and for a user who isn't there any more. */
export async function whoIs(vault: Vault, token: string): Promise<Visitor | undefined> {
  const session = await vault.sessions.touch(token);
  const profile = session && (await profileOf(vault, Number(session.userId)));
  return profile && { session, profile };
}

/** Ends one session: that of the token. */
export async function signOut({ sessions }: Vault, token: string): Promise<boolean> {
  const session = await sessions.find(token);
  return session !== undefined && sessions.revoke(session.userId, session.id);
}

/** Ends all sessions of the user, on every device, with its commit. */
export async function changePassword({ db }: Vault, id: number, password: string): Promise<void> {
  const passwd = await hashPassword(password);
  const { affectedRows } = await db.update(users).set({ passwd }).where(eq(users.id, id));
  if (affectedRows === 0) throw new Refusal("not found", "There is no such user.");
}
