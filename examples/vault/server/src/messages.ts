import { hooks, type TableHooks } from "plinth";
import type { Worker } from "plinth/services";
import type { Db } from "./database.ts";
import { files, fileShares } from "./entities/schema.ts";
import type { Services } from "./store.ts";

/** Who is given a share is told so: after the commit, and not where it was shared before. */
export function announcement({ messages }: Pick<Services, "messages">): TableHooks {
  return hooks(fileShares, {
    afterInsert({ rows, tx }) {
      const shares = rows.map(({ fileId, userId }) => ({
        name: "file.shared" as const,
        payload: { fileId, userId },
      }));
      tx.afterCommit(async () => void (await messages.addMany(shares)));
    },
  });
}

/**
 * Delivers what waits, at least once each, until the worker is stopped. What fails is tried again; what nobody delivers
 * within a day is dropped.
 *
 * @param deliver By mail, or to a page that is open.
 */
export function deliverMessages(
  { db, messages }: Pick<Services, "messages"> & { readonly db: Db },
  deliver: (userId: number, text: string) => unknown,
): Promise<Worker> {
  return messages.work("file.shared", async ({ fileId, userId }) => {
    const file = await db
      .from(files)
      .with({ owner: { select: ["ocid"] } })
      .find(fileId);
    // It may be gone by now.
    if (file !== undefined) await deliver(userId, `${file.owner?.ocid} shares ${file.name}`);
  });
}
