// How often somebody may do something: `ratelimit:{category}:{ip|user_id}`, and `ratelimit:block:{ip}`.
import { createLimiter, networkOf, type Decision, type Limiter, type Store } from "plinth/services";
import { Refusal } from "./refusal.ts";

const MINUTE_MS = 60_000;

interface Rule {
  readonly by: "ip" | "user";
  readonly max: number;
  readonly windowMs: number;
  /** Who goes beyond the limit is blocked for so long: in all categories that count by address. */
  readonly blockMs?: number;
  /** What happens when the store is away. Default: all are refused. */
  readonly onFailure?: "closed" | "open";
}

export const limitRules = {
  /** Every request is counted here, and so none of a blocked address goes on. */
  request: { by: "ip", max: 300, windowMs: MINUTE_MS, onFailure: "open" },
  login: { by: "ip", max: 5, windowMs: MINUTE_MS, blockMs: 15 * MINUTE_MS },
  register: { by: "ip", max: 3, windowMs: 60 * MINUTE_MS, blockMs: 60 * MINUTE_MS },
  /** The same account from many addresses. Nobody is blocked by what others try. */
  account: { by: "user", max: 10, windowMs: 5 * MINUTE_MS },
  message: { by: "user", max: 10, windowMs: 10_000 },
  upload: { by: "user", max: 20, windowMs: 10 * MINUTE_MS },
} as const satisfies Record<string, Rule>;

export type LimitCategory = keyof typeof limitRules;

const refusals = {
  blocked: "Too many attempts. Please come back later.",
  limit: "That was too often. Please wait a moment.",
  unavailable: "That can't be checked right now. Please try again.",
};

/** Somebody goes too fast. `headers` go with the answer, whose status is 429. */
export class LimitRefusal extends Refusal {
  readonly reason: NonNullable<Decision["reason"]>;
  readonly headers: Decision["headers"];
  readonly retryAfterMs: number;

  constructor({ headers, reason = "limit", retryAfterMs }: Decision) {
    super(refusals[reason]);
    this.name = "LimitRefusal";
    this.reason = reason;
    this.headers = headers;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Limits {
  /**
   * Counts one, for an address or the key of a user, as the rule says.
   *
   * @returns With the headers to send.
   * @throws {LimitRefusal} when it is one too many, or the address is blocked.
   */
  take(category: LimitCategory, ipOrUserId: string): Promise<Decision>;
  /** Forgets what was counted, as after a login that succeeded. A block stays. */
  reset(category: LimitCategory, ipOrUserId: string): Promise<void>;
  /** @param durationMs Default: until it is taken back. */
  block(ip: string, durationMs?: number): Promise<void>;
  /** @returns Whether it was blocked. */
  unblock(ip: string): Promise<boolean>;
}

/** All servers on one store count together. */
export function createLimits(store: Store): Limits {
  const limiters = Object.fromEntries(
    Object.entries<Rule>(limitRules).map(([category, { by, ...rule }]) => [
      category,
      createLimiter(store, { ...rule, category, algorithm: "fixed", honorsBlocks: by === "ip" }),
    ]),
  ) as Record<LimitCategory, Limiter>;
  // Who has an IPv6 address has a network of them, which counts as one.
  const subjectOf = (category: LimitCategory, ipOrUserId: string): string =>
    limitRules[category].by === "ip" ? networkOf(ipOrUserId) : ipOrUserId;

  return {
    async take(category, ipOrUserId) {
      const decision = await limiters[category].take(subjectOf(category, ipOrUserId));
      if (!decision.allowed) throw new LimitRefusal(decision);
      return decision;
    },
    reset: (category, ipOrUserId) => limiters[category].reset(subjectOf(category, ipOrUserId)),
    block: (ip, durationMs) => limiters.request.block(networkOf(ip), durationMs),
    unblock: (ip) => limiters.request.unblock(networkOf(ip)),
  };
}
