export type RefusalReason = "not found" | "taken" | "too large" | "wrong";

/** What a person did wrong or may not do, as opposed to what is wrong with the program. */
export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = "Refusal";
    this.reason = reason;
  }
}
