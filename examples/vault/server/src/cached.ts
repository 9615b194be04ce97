import { eq } from "plinth";
import { files, users } from "./entities/schema.ts";
import type { StoredFile } from "./files.ts";
import type { User } from "./users.ts";
import type { Vault } from "./vault.ts";

// What is cached ends with the commit of whatever changes it: who writes has nothing to say for that.

/** What others may know of a user. The hash of the password stays in the database. */
export type Profile = Pick<User, "id" | "email" | "ocid" | "storageLimit">;

/** Undefined for a user who isn't there, or is deleted. */
export async function profileOf({ db, rows }: Vault, id: number): Promise<Profile | undefined> {
  const { email, id: key, ocid, storageLimit } = users;
  return rows
    .cached(db.select({ id: key, email, ocid, storageLimit }).from(users).where(eq(key, id)))
    .first();
}

/** By their names. */
export async function filesOf({ db, rows }: Vault, ownerId: number): Promise<StoredFile[]> {
  return rows.cached(db.from(files).where(eq(files.ownerId, ownerId)).orderBy(files.name));
}
