import { and, eq, sum, type Database, type Executor, type RowOf } from "plinth";
import { files, fileShares, users, type schema } from "./entities/schema.ts";
import { Refusal } from "./refusal.ts";

type Db = Database<typeof schema>;
type Reader = Executor<typeof schema>;

export type StoredFile = RowOf<typeof files>;

export interface NewFile {
  readonly ownerId: number;
  readonly name: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  /** Where its content is, below the folder of all contents. */
  readonly path: string;
}

/**
 * Keeps what is known of a file. Of uploads at the same time only those are kept that fit together: serializable
 * transactions, of which one that was in another's way is run again.
 *
 * @throws {Refusal} `"too large"` for what the owner has no room for.
 */
export async function addFile(db: Db, file: NewFile): Promise<StoredFile> {
  return db.transaction(
    async (tx) => {
      const owner = await tx.from(users).find(file.ownerId);
      if (owner === undefined) throw new Refusal("not found", "There is no such user.");
      if ((await usedBytes(tx, owner.id)) + file.size > owner.storageLimit)
        throw new Refusal("too large", `${file.name} doesn't fit: the storage is full.`);
      return tx.insert(files).values(file).returning().one();
    },
    { isolation: "serializable", retries: 5 },
  );
}

/** Deleted files don't count. */
export async function usedBytes(db: Executor, ownerId: number): Promise<number> {
  const { bytes } = await db
    .select({ bytes: sum(files.size) })
    .from(files)
    .where(eq(files.ownerId, ownerId))
    .one();
  return Number(bytes ?? 0);
}

/** What a user sees: own files, and those of others that are shared, in three queries whatever their number. */
export async function userWithFiles(db: Reader, id: number) {
  return db
    .from(users)
    .with({
      files: { orderBy: files.name, with: { sharedWith: { select: ["ocid"] } } },
      sharedFiles: { orderBy: files.name, with: { owner: { select: ["ocid"] } } },
    })
    .find(id);
}

/** @throws {Refusal} `"not found"` for what isn't the owner's. */
export async function renameFile(
  db: Executor,
  { id, ownerId }: Pick<StoredFile, "id" | "ownerId">,
  name: string,
): Promise<StoredFile> {
  const own = and(eq(files.id, id), eq(files.ownerId, ownerId));
  return found(await db.update(files).set({ name }).where(own).returning());
}

/** Sharing twice is sharing once. */
export async function shareFile(db: Executor, fileId: number, userId: number): Promise<void> {
  await db
    .insert(fileShares)
    .values({ fileId, userId })
    .onConflict(fileShares.fileId, fileShares.userId)
    .ignore();
}

/** The row stays: its content is removed later, with those that nobody needs. */
export async function deleteFile(
  db: Executor,
  { id, ownerId }: Pick<StoredFile, "id" | "ownerId">,
): Promise<void> {
  const own = and(eq(files.id, id), eq(files.ownerId, ownerId));
  found(await db.delete(files).where(own).returning());
}

export async function restoreFile(db: Executor, id: number): Promise<StoredFile> {
  return found(await db.restore(files).where(eq(files.id, id)).returning());
}

function found(rows: readonly StoredFile[]): StoredFile {
  if (rows[0] === undefined) throw new Refusal("not found", "There is no such file.");
  return rows[0];
}
