import type { Verdict } from "./algorithm.ts";

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

/** How many there may be, and in how long. */
export interface Limit {
  readonly max: number;
  readonly windowMs: number;
}

class Decided implements Decision {
  readonly allowed: boolean;
  readonly reason: Decision["reason"];
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
  readonly retryAfterMs: number;
  readonly error: unknown;
  readonly #limit: Limit;

  constructor(verdict: Verdict, limit: Limit, reason: Decision["reason"], error: unknown) {
    this.allowed = verdict[0] === 1;
    this.reason = reason;
    this.limit = limit.max;
    this.remaining = verdict[1];
    this.resetMs = verdict[2];
    this.retryAfterMs = verdict[3];
    this.error = error;
    this.#limit = limit;
  }

  /** Made when they are asked for: many a limit guards what has none. */
  get headers(): Record<string, string> {
    const headers: Record<string, string> = {
      "RateLimit-Limit": String(this.limit),
      "RateLimit-Remaining": String(this.remaining),
      "RateLimit-Reset": seconds(this.resetMs),
      "RateLimit-Policy": `${this.limit};w=${Math.ceil(this.#limit.windowMs / 1_000)}`,
    };
    if (!this.allowed) headers["Retry-After"] = seconds(Math.max(1, this.retryAfterMs));
    return headers;
  }
}

/** @param reason Default: the limit, where the verdict refuses. */
export function decide(
  verdict: Verdict,
  limit: Limit,
  reason: Decision["reason"] = verdict[0] === 1 ? undefined : "limit",
  error?: unknown,
): Decision {
  return new Decided(verdict, limit, reason, error);
}
