/** What becomes of a transaction by the failures of its statements. */

import {
  connectionLost,
  isAfterFailure,
  isConflict,
  isServerError,
  rolledBackInstead,
} from "../errors.ts";

export class Fate {
  /** Why the transaction under way can only be rolled back, and all of it. */
  doom: unknown;
  /** The first failure of the transaction under way, or of its savepoint. */
  #failure: unknown;

  /**
   * Whoever goes on after a conflict is told of it, not of what follows from it.
   *
   * @param isInside Whether it left a transaction open.
   * @returns what its caller is told.
   */
  afterFailure(error: unknown, isInside: boolean): unknown {
    if (isAfterFailure(error)) return this.doom ?? error;
    if (isInside) {
      this.#failure = error;
      if (isConflict(error)) this.doom ??= error;
    }
    return isServerError(error) ? error : connectionLost(error);
  }

  /** @throws where the server undid what was to be committed, which it does without an error. */
  afterScript(text: string, tag: string): void {
    if (text === "commit" && tag === "ROLLBACK")
      throw this.doom ?? rolledBackInstead(this.#failure);
    if (tag === "ROLLBACK") this.#failure = undefined;
    if (text === "rollback") this.doom = undefined;
  }
}
