export interface Decision {
  readonly allowed: boolean;
  /**
   * Why not, or why although: the limit is reached, the subject is blocked, or the store couldn't be asked, and the limiter
   * fails as it was told.
   */
  readonly reason: "limit" | "blocked" | "unavailable" | undefined;
  /** How many there may be in a window. */
  readonly limit: number;
  readonly remaining: number;
  /** When all of the limit is there again. */
  readonly resetMs: number;
  /** When to try again; 0 where it is allowed, Infinity for a block that has no end. */
  readonly retryAfterMs: number;
  /** To be sent with the answer: `RateLimit-Limit`, `-Remaining`, `-Reset` and `-Policy`, and `Retry-After` where refused. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of `unavailable`: what went wrong. */
  readonly error: unknown;
}

/** Of a block without an end, for clients that want a number: a day. */
const LONGEST_S = 86_400;

function seconds(durationMs: number): string {
  return String(Math.min(LONGEST_S, Math.ceil(durationMs / 1_000)));
}

type Facts = Omit<Decision, "headers" | "limit">;

class Decided implements Decision {
  readonly allowed: boolean;
  readonly reason: Decision["reason"];
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
  readonly retryAfterMs: number;
  readonly error: unknown;
  readonly #windowMs: number;

  constructor(facts: Facts, limit: number, windowMs: number) {
    this.allowed = facts.allowed;
    this.reason = facts.reason;
    this.limit = limit;
    this.remaining = facts.remaining;
    this.resetMs = facts.resetMs;
    this.retryAfterMs = facts.retryAfterMs;
    this.error = facts.error;
    this.#windowMs = windowMs;
  }

  /** Made when they are asked for: many a limit guards what has none. */
  get headers(): Record<string, string> {
    const headers: Record<string, string> = {
      "RateLimit-Limit": String(this.limit),
      "RateLimit-Remaining": String(this.remaining),
      "RateLimit-Reset": seconds(this.resetMs),
      "RateLimit-Policy": `${this.limit};w=${Math.ceil(this.#windowMs / 1_000)}`,
    };
    if (!this.allowed) headers["Retry-After"] = seconds(Math.max(1, this.retryAfterMs));
    return headers;
  }
}

export function decide(facts: Facts, limit: number, windowMs: number): Decision {
  return new Decided(facts, limit, windowMs);
}
