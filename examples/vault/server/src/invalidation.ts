import { hooks, type TableHooks } from "plinth";
import { files, users } from "./entities/schema.ts";
import type { Services } from "./store.ts";

export const userKey = (id: number): readonly string[] => ["user", String(id)];
export const filesKey = (ownerId: number): readonly string[] => ["files", String(ownerId)];

/**
 * What the store keeps of the database ends with the commit of what changes it, whoever writes and in whatever way: also by
 * conditions, in transactions, by deletion and restoring. What is rolled back makes nothing void.
 */
export function invalidation({ cache, sessions }: Services): readonly TableHooks[] {
  const ofUsers = hooks(users, {
    // It may be kept that there was nobody.
    afterInsert({ rows, tx }) {
      const ids = rows.map(({ id }) => id);
      tx.afterCommit(() => voidUsers(ids, []));
    },
    afterUpdate({ changes, tx }) {
      const ids = changes.map(({ after }) => after.id);
      const ended = changes
        .filter(({ after, before }) => after.passwd !== before.passwd)
        .map(({ after }) => after.id);
      tx.afterCommit(() => voidUsers(ids, ended));
    },
    afterDelete({ rows, tx }) {
      const ids = rows.map(({ id }) => id);
      tx.afterCommit(() => voidUsers(ids, ids));
    },
  });
  const ofFiles = hooks(files, {
    afterInsert: ({ rows, tx }) => tx.afterCommit(() => voidFiles(rows)),
    afterUpdate: ({ changes, tx }) =>
      tx.afterCommit(() => voidFiles(changes.flatMap(({ after, before }) => [after, before]))),
    afterDelete: ({ rows, tx }) => tx.afterCommit(() => voidFiles(rows)),
  });
  return [ofUsers, ofFiles];

  async function voidUsers(ids: readonly number[], ended: readonly number[]): Promise<void> {
    await cache.delete(...ids.map(userKey));
    // A new password, or none any more: who is logged in by the old one is out.
    for (const id of ended) await sessions.revokeAll(String(id));
  }

  async function voidFiles(rows: readonly { readonly ownerId: number }[]): Promise<void> {
    const owners = new Set(rows.map(({ ownerId }) => ownerId));
    await cache.delete(...[...owners].map(filesKey));
  }
}
