/** Transactions whose handle was lost before they were ended: they hold a connection, and locks, for nobody. */

import { warn } from "../../core/warning.ts";
import type { OpenTransaction } from "./open-transaction.ts";

interface Begun {
  readonly open: OpenTransaction;
  /** The frames of whoever began it. */
  readonly frames: string;
}

const handles = new FinalizationRegistry<Begun>(({ open, frames }) => {
  if (open.isEnding) return;
  warn(
    "PLINTH_LEAKED_TRANSACTION",
    "A transaction of db.begin() was neither committed nor rolled back, and nobody has its handle any more. It is rolled back.",
    `Hold it by "await using", or roll back in a finally block. It was begun here:\n${frames}`,
  );
  void open.rollBack(true);
});

export function watchHandle(handle: object, open: OpenTransaction, frames: string): void {
  handles.register(handle, { open, frames });
}
