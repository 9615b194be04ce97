/** Keeping what hangs on a view, such as triggers and grants, while the view is dropped and made anew. */

import type { Session } from "../../connect/session.ts";
import { MigrationError } from "../../core/error.ts";
import type { MigrationWatch } from "./rebuild.ts";

interface Dependent {
  readonly name: string;
  readonly view: string;
  readonly sql: string;
}

interface Found {
  readonly views: ReadonlySet<string>;
  readonly dependents: ReadonlyMap<string, Dependent>;
}

async function read(session: Session, query: string): Promise<Found> {
  const rows = await session.askRaw(query);
  const all = rows.flatMap(({ name, sql, view }): Dependent[] =>
    typeof name === "string" ? [{ view: String(view), name, sql: String(sql) }] : [],
  );
  return {
    views: new Set(rows.map((row) => String(row["view"]))),
    dependents: new Map(all.map((one) => [JSON.stringify([one.view, one.name]), one])),
  };
}

const DROP_VIEW = /^drop\s+(?:materialized\s+)?view\b/i;

/** @param query As `viewDependents` of the database. */
export function watchViews(session: Session, query: string, migration: string): MigrationWatch {
  const remembered = new Map<string, Dependent>();
  return {
    async before(statement) {
      if (!DROP_VIEW.test(statement)) return;
      for (const [key, one] of (await read(session, query)).dependents) remembered.set(key, one);
    },
    async end() {
      if (remembered.size === 0) return;
      const { dependents, views } = await read(session, query);
      for (const [key, { name, sql, view }] of remembered) {
        if (dependents.has(key) || !views.has(view)) continue;
        try {
          await session.script(sql);
        } catch (cause) {
          throw new MigrationError(
            "E_MIGRATION_FAILED",
            `Migration "${migration}" makes the view ${view} anew, on which "${name}" can't stand any more; it was rolled back.`,
            { hint: "Drop it before the change, and create it anew behind it.", cause },
          );
        }
      }
    },
  };
}
