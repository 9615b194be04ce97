import {
  and,
  coalesce,
  count,
  desc,
  eq,
  sum,
  type Executor,
  type NewRowOf,
  type Page,
  type RowOf,
} from "plinth";
import { record, type Actor } from "./audit.ts";
import { requireApproved } from "./permissions.ts";
import { Refusal } from "./refusal.ts";
import { uploads } from "./schema/uploads.ts";
import { users } from "./schema/users.ts";
import { readSetting } from "./settings.ts";
import type { PageRequest } from "./page.ts";

export type Upload = RowOf<typeof uploads>;
export type UploadFields = Omit<NewRowOf<typeof uploads>, "createdAt" | "id" | "userId">;

/** Keeps what is known of a file. The file itself is stored by then, under `filename`. */
export async function addUpload(db: Executor, actor: Actor, file: UploadFields): Promise<Upload> {
  return db.transaction(async (tx) => {
    const user = await requireApproved(tx, actor);
    if (file.fileSize > Number(await readSetting(tx, "uploads.max_bytes"))) {
      throw new Refusal("forbidden", "The file is too large.");
    }
    const upload = await tx
      .insert(uploads)
      .values({ ...file, userId: user.id })
      .returning()
      .one();
    await record(tx, actor, {
      action: "upload.added",
      entityType: "upload",
      entityId: upload.id,
      details: { mimeType: file.mimeType, fileSize: file.fileSize },
    });
    return upload;
  });
}

export async function updateUpload(
  db: Executor,
  actor: Actor,
  uploadId: number,
  changes: Partial<Pick<UploadFields, "altText" | "isPublic">>,
): Promise<Upload> {
  return db.transaction(async (tx) => {
    await requireUpload(tx, actor, uploadId);
    await record(tx, actor, {
      action: "upload.updated",
      entityType: "upload",
      entityId: uploadId,
    });
    return tx.update(uploads).set(changes).where(eq(uploads.id, uploadId)).returning().one();
  });
}

/** @returns What was known of the file, which may be deleted now. */
export async function removeUpload(db: Executor, actor: Actor, uploadId: number): Promise<Upload> {
  return db.transaction(async (tx) => {
    const upload = await requireUpload(tx, actor, uploadId);
    await tx.delete(uploads).where(eq(uploads.id, uploadId));
    await record(tx, actor, {
      action: "upload.removed",
      entityType: "upload",
      entityId: uploadId,
      details: { filename: upload.filename },
    });
    return upload;
  });
}

async function requireUpload(db: Executor, actor: Actor, uploadId: number): Promise<Upload> {
  const user = await requireApproved(db, actor);
  const upload = await db
    .from(uploads)
    .where(and(eq(uploads.id, uploadId), user.isAdmin ? undefined : eq(uploads.userId, user.id)))
    .first();
  if (upload === undefined) throw new Refusal("not found", "There is no such file.");
  return upload;
}

/** What everybody may see, the newest first. */
export async function publicUploads(
  db: Executor,
  { page, size }: PageRequest,
): Promise<Page<Upload>> {
  const found = db.from(uploads).where(eq(uploads.isPublic, true));
  return found.orderBy(desc(uploads.createdAt)).page(page, { size });
}

/** How much each account keeps, those without a file too. */
export function storageUse(db: Executor) {
  const bytes = coalesce(sum(uploads.fileSize), 0);
  return db
    .select({ username: users.username, files: count(uploads.id), bytes })
    .from(users)
    .leftJoin(uploads, eq(uploads.userId, users.id))
    .groupBy(users.id, users.username)
    .orderBy(desc(bytes), users.username);
}
