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

export function decide(
  facts: Pick<Decision, "allowed" | "remaining" | "resetMs" | "retryAfterMs"> &
    Partial<Pick<Decision, "reason" | "error">>,
  limit: number,
  windowMs: number,
): Decision {
  const { allowed, error, reason, remaining, resetMs, retryAfterMs } = facts;
  const headers: Record<string, string> = {
    "RateLimit-Limit": String(limit),
    "RateLimit-Remaining": String(remaining),
    "RateLimit-Reset": seconds(resetMs),
    "RateLimit-Policy": `${limit};w=${Math.ceil(windowMs / 1_000)}`,
  };
  if (!allowed) headers["Retry-After"] = seconds(Math.max(1, retryAfterMs));
  return { allowed, reason, limit, remaining, resetMs, retryAfterMs, headers, error };
}
