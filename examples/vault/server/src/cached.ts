import { eq, type RowOf } from "plinth";
import { files, users } from "./entities/schema.ts";
import type { StoredFile } from "./files.ts";
import { filesKey, userKey } from "./invalidation.ts";
import type { User } from "./users.ts";
import type { Vault } from "./vault.ts";

/** What others may know of a user. The hash of the password stays in the database. */
export type Profile = Pick<User, "id" | "email" | "ocid" | "storageLimit">;

/** From the cache; undefined for a user who isn't there, or is deleted. */
export async function profileOf({ cache, db }: Vault, id: number): Promise<Profile | undefined> {
  const { email, id: key, ocid, storageLimit } = users;
  return cache.getOrLoad<Profile | undefined>(userKey(id), () =>
    db.select({ id: key, email, ocid, storageLimit }).from(users).where(eq(key, id)).first(),
  );
}

/** From the cache, by their names. */
export async function filesOf({ cache, db }: Vault, ownerId: number): Promise<StoredFile[]> {
  return cache.getOrLoad<RowOf<typeof files>[]>(filesKey(ownerId), () =>
    db.from(files).where(eq(files.ownerId, ownerId)).orderBy(files.name),
  );
}
