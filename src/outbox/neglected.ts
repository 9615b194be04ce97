/** Entries that nobody takes, as no process has a handler for their topic: they would pile up in silence. */

import type { Database } from "../query/database.ts";
import { and, count, lte, notInArray } from "../query/expression.ts";
import { ConfigError } from "../core/error.ts";
import { ago } from "./instants.ts";
import { plinthOutbox as entries } from "./tables.ts";

/** Whoever has a handler takes an entry within a second, if it isn't far behind. */
const NEGLECTED_MS = 600_000;

/** What was due for ten minutes, by topics that aren't handled here: in a message each, for whoever runs the program. */
export async function neglected(
  db: Database,
  handled: readonly string[],
): Promise<Map<string, ConfigError>> {
  const found = await db
    .select({ topic: entries.topic, waiting: count() })
    .from(entries)
    .where(and(lte(entries.dueAt, ago(NEGLECTED_MS)), notInArray(entries.topic, handled)))
    .groupBy(entries.topic);
  return new Map(found.map(({ topic, waiting }) => [topic, neglectedError(topic, waiting)]));
}

function neglectedError(topic: string, waiting: number): ConfigError {
  return new ConfigError(
    `Nobody has taken entries of the topic "${topic}" for ten minutes; ${waiting} wait.`,
    { hint: "Start a process that has a handler for the topic, or delete what nobody wants." },
  );
}
