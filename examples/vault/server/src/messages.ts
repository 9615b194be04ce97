import { hooks, type TableHooks } from "plinth";
import type { OutboxEvent } from "plinth/outbox";
import type { Worker } from "plinth/services";
import type { Db } from "./database.ts";
import { files, fileShares } from "./entities/schema.ts";
import type { Messages, Services } from "./store.ts";

/** What the outbox delivers: work that a commit leaves behind, also when the program ends in that moment. */
export interface Topics {
  readonly "files.shared": readonly Messages["file.shared"][];
}

/** Who is given a share is told so: after the commit, and not where it was shared before. */
export const announcement: TableHooks = hooks(fileShares, {
  afterInsert({ rows, tx }) {
    const payload: Topics["files.shared"] = rows.map(({ fileId, userId }) => ({ fileId, userId }));
    tx.afterCommit({ durable: true, topic: "files.shared", payload });
  },
});

/** The outbox delivers at least once: by their keys messages that wait already aren't added again. */
export async function queueMessages(
  { messages }: Pick<Services, "messages">,
  shares: Topics["files.shared"],
  { id }: Pick<OutboxEvent, "id">,
): Promise<void> {
  await messages.addMany(
    shares.map((payload, at) => ({ name: "file.shared", payload, unique: `${id}:${at}` })),
  );
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
