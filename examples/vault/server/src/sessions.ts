import { hooks, type TableHooks } from "plinth";
import { users } from "./entities/schema.ts";
import type { Services } from "./store.ts";

/**
 * The sessions of a user end with the commit of what ends them, whoever writes and in whatever way: a new password, or the
 * user's end. What is rolled back ends nothing.
 */
export function endOfSessions({ sessions }: Pick<Services, "sessions">): TableHooks {
  return hooks(users, {
    afterUpdate({ changes, tx }) {
      const changed = changes.filter(({ after, before }) => after.passwd !== before.passwd);
      const ids = changed.map(({ after }) => after.id);
      if (ids.length > 0) tx.afterCommit(() => end(ids));
    },
    afterDelete({ rows, tx }) {
      const ids = rows.map(({ id }) => id);
      tx.afterCommit(() => end(ids));
    },
  });

  async function end(ids: readonly number[]): Promise<void> {
    for (const id of ids) await sessions.revokeAll(String(id));
  }
}
