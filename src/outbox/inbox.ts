/** Which events were done, written by whoever does them, in the transaction in which they do it. */

import { InvalidValueError } from "../core/error.ts";
import type { Transaction } from "../query/client.ts";
import { and, eq } from "../query/expression.ts";
import { requireTransaction, scopeOf } from "./attach.ts";
import { plinthInbox as inbox } from "./tables.ts";

const MAX_LENGTHS = { consumer: 100, eventId: 200 } as const;

function checkText(name: keyof typeof MAX_LENGTHS, value: unknown): void {
  const most = MAX_LENGTHS[name];
  if (typeof value === "string" && value !== "" && value.length <= most) return;
  throw new InvalidValueError(`${name} is not a text of 1 to ${most} characters.`);
}

export async function doOnce(
  tx: Transaction,
  eventId: string,
  consumer: string,
  work: () => unknown,
): Promise<boolean> {
  checkText("eventId", eventId);
  checkText("consumer", consumer);
  requireTransaction(scopeOf(tx), "What is done once");
  // Of two at the same time the second waits here for the end of the first.
  const { affectedRows } = await tx
    .insert(inbox)
    .values({ consumer, eventId })
    .onConflict(inbox.consumer, inbox.eventId)
    .ignore();
  if (affectedRows === 0) return false;
  try {
    await work();
  } catch (error) {
    // Whoever catches this and commits has not done it. After an error of the database nothing but a rollback is possible.
    await tx
      .delete(inbox)
      .where(and(eq(inbox.consumer, consumer), eq(inbox.eventId, eventId)))
      .then(undefined, () => undefined);
    throw error;
  }
  return true;
}
