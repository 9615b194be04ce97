/** How often somebody may do something, by the store's time: a program's clock has no say. */

import { ConfigError, InvalidValueError } from "../../core/error.ts";
import { checkCount, checkDuration } from "../kv/check.ts";
import { refuseEviction } from "../kv/eviction.ts";
import { partsOfNamespace, type StoredKey } from "../kv/key.ts";
import { LocalStore } from "../kv/local-store.ts";
import type { Store } from "../kv/store.ts";
import { subjectPart } from "../subject.ts";
import { isTrouble } from "../trouble.ts";
import type { Algorithm, Question, Verdict } from "./algorithm.ts";
import { blockLeft, ENDLESS } from "./block.ts";
import { decide, type Decision, type Limit } from "./decision.ts";
import { fixedWindow } from "./fixed-window.ts";
import { gcra } from "./gcra.ts";
import { slidingWindow } from "./sliding-window.ts";

export interface LimiterOptions {
  /** What is limited, such as `"login"`: the middle of the key `ratelimit:login:{subject}`. */
  readonly category: string;
  /** How many may pass in a window. */
  readonly max: number;
  readonly windowMs: number;
  /**
   * `"sliding"`, the default, lets no more pass in any stretch of a window's length, if they come evenly; `"fixed"` counts
   * from the first to the window's end, under a plain counter; `"gcra"` lets `burst` pass at once and the rest evenly.
   */
  readonly algorithm?: "fixed" | "gcra" | "sliding";
  /** Of `"gcra"`: how many may pass at once. Default `max`. */
  readonly burst?: number;
  /**
   * Whoever goes beyond the limit is blocked for so long: in this category, and in all that have `blockMs` or
   * `honorsBlocks`, under the key `ratelimit:block:{subject}`.
   */
  readonly blockMs?: number;
  /** Refuses whoever is blocked, by another category or by `block()`. Default: where `blockMs` is given. */
  readonly honorsBlocks?: boolean;
  /** What happens when the store can't be asked: all are refused, `"closed"`, the default; or all pass, `"open"`. */
  readonly onFailure?: "closed" | "open";
  /** How long the store may take, in milliseconds. Default: as the store was opened. */
  readonly timeoutMs?: number;
  /** Default `"ratelimit"`. */
  readonly namespace?: string;
  /** Takes a store that may drop counters when it is full, and so let pass what it has forgotten. Default false. */
  readonly allowsEviction?: boolean;
}

export interface Limiter {
  /**
   * Lets one pass, or refuses: one call to the store, two where blocks are honored.
   *
   * @param subject A user's id or an address.
   * @param options.cost How many this counts for: at most `max`, of `"gcra"` at most `burst`. Default 1.
   * @throws {ConfigError} when the store evicts and the limiter fails closed. Never because the store is away.
   */
  take(subject: string, options?: { readonly cost?: number }): Promise<Decision>;
  /** What `take` would say, without taking. */
  peek(subject: string): Promise<Decision>;
  /** Forgets what was counted, as after a login that succeeded; a block stays. */
  reset(subject: string): Promise<void>;
  /** @param durationMs Default: until `unblock`. */
  block(subject: string, durationMs?: number): Promise<void>;
  /** @returns Whether there was a block. */
  unblock(subject: string): Promise<boolean>;
}

const algorithms: Readonly<Record<string, Algorithm>> = {
  fixed: fixedWindow,
  gcra,
  sliding: slidingWindow,
};

/** How long whoever is refused for want of the store is told to wait. */
const UNAVAILABLE_RETRY_MS = 1_000;

/** What a store in this process's memory is asked with, without a promise. */
interface AtOnce {
  readonly keyOf: (subject: string) => StoredKey;
  readonly ask: (key: StoredKey, question: Question) => Verdict;
  readonly blockKeyOf: (subject: string) => StoredKey;
  readonly blockLeft: (key: StoredKey, args: readonly []) => number;
}

class StoreLimiter implements Limiter {
  readonly #store: Store;
  readonly #options: LimiterOptions;
  readonly #algorithm: Algorithm;
  readonly #space: readonly string[];
  readonly #category: readonly string[];
  readonly #limit: Limit;
  /** The greatest cost. */
  readonly #most: number;
  /** For one. */
  readonly #question: Question;
  readonly #looksAtBlocks: boolean;
  /** Of a store in this process's memory. */
  readonly #atOnce: AtOnce | undefined;
  /** Undefined once the store was asked whether it evicts. */
  #unchecked: Promise<void> | "yet" | undefined;

  constructor(store: Store, options: LimiterOptions) {
    const { algorithm = "sliding", blockMs, burst, category, max, timeoutMs, windowMs } = options;
    const found = algorithms[algorithm];
    if (found === undefined || !Object.hasOwn(algorithms, algorithm)) {
      throw new ConfigError("The limiter's algorithm isn't known.", {
        hint: `Known are ${Object.keys(algorithms).join(", ")}.`,
      });
    }
    if (typeof category !== "string" || category === "" || category === "block") {
      throw new ConfigError("A limiter needs a category, which isn't called block.", {
        hint: 'Write category: "login".',
      });
    }
    if (blockMs !== undefined) checkDuration("blockMs", blockMs);
    this.#store =
      timeoutMs === undefined ? store : store.within(checkDuration("timeoutMs", timeoutMs));
    this.#options = options;
    this.#algorithm = found;
    this.#space = partsOfNamespace(options.namespace ?? "ratelimit");
    this.#category = [...this.#space, ...partsOfNamespace(category)];
    this.#limit = { max: checkCount("max", max, 1), windowMs: checkDuration("windowMs", windowMs) };
    const most = checkCount("burst", burst ?? max, 1);
    this.#most = found === gcra ? most : max;
    this.#question = [...found.ruleOf(max, this.#limit.windowMs, most), 1, 0];
    this.#looksAtBlocks = options.honorsBlocks ?? blockMs !== undefined;
    const isClosed = (options.onFailure ?? "closed") === "closed";
    this.#unchecked = isClosed && options.allowsEviction !== true ? "yet" : undefined;
    const immediate = LocalStore.immediate(this.#store);
    this.#atOnce = immediate && {
      keyOf: immediate.keysBelow(this.#category, subjectPart),
      ask: immediate.runs(found),
      blockKeyOf: immediate.keysBelow([...this.#space, "block"], subjectPart),
      blockLeft: immediate.runs(blockLeft),
    };
  }

  #key(subject: string): readonly string[] {
    return [...this.#category, subjectPart(subject)];
  }

  #blockKey(subject: string): readonly string[] {
    return [...this.#space, "block", subjectPart(subject)];
  }

  take(subject: string, options?: { readonly cost?: number }): Promise<Decision> {
    return this.#settle(subject, options?.cost ?? 1, false);
  }

  peek(subject: string): Promise<Decision> {
    return this.#settle(subject, 1, true);
  }

  #settle(subject: string, cost: number, isLook: boolean): Promise<Decision> {
    const decision = this.#decideNow(subject, cost, isLook);
    return decision === undefined ? this.#decide(subject, cost, isLook) : Promise.resolve(decision);
  }

  /** Without waiting; undefined for what the usual way must say, of which nothing is done yet. */
  #decideNow(subject: string, cost: number, isLook: boolean): Decision | undefined {
    const atOnce = this.#atOnce;
    if (atOnce === undefined || this.#unchecked !== undefined) return undefined;
    try {
      this.#checkCall(subject, cost);
      if (this.#looksAtBlocks && atOnce.blockLeft(atOnce.blockKeyOf(subject), []) !== 0) {
        return undefined;
      }
      const verdict = atOnce.ask(atOnce.keyOf(subject), this.#questionOf(cost, isLook));
      const blocks = verdict[0] === 0 && !isLook && this.#options.blockMs !== undefined;
      return blocks ? undefined : decide(verdict, this.#limit);
    } catch {
      return undefined;
    }
  }

  async #decide(
    subject: string,
    cost: number,
    isLook: boolean,
    isAgain = false,
  ): Promise<Decision> {
    this.#checkCall(subject, cost);
    try {
      if (this.#unchecked !== undefined) await this.#check();
      // Two calls, as a cluster has them in two places; one after the other, as what is refused isn't counted.
      const leftMs = this.#looksAtBlocks
        ? await this.#store.run(blockLeft, [this.#blockKey(subject)])
        : 0;
      // A look even so: it cuts a counter that outlives its window.
      const verdict = await this.#ask(subject, cost, isLook || leftMs !== 0);
      if (leftMs !== 0) return this.#blocked(leftMs === ENDLESS ? Infinity : leftMs);
      const { blockMs } = this.#options;
      if (verdict[0] === 1 || isLook || blockMs === undefined) return decide(verdict, this.#limit);
      return await this.#blockBeyond(subject, blockMs, verdict);
    } catch (error) {
      if (isTrouble(error)) return this.#unavailable(error);
      if (isAgain || !(error instanceof InvalidValueError)) throw error;
      // Another algorithm counted here until a moment ago.
      await this.reset(subject);
      return await this.#decide(subject, cost, isLook, true);
    }
  }

  #questionOf(cost: number, isLook: boolean): Question {
    if (cost === 1 && !isLook) return this.#question;
    const [first, second] = this.#question;
    return [first, second, cost, isLook ? 1 : 0];
  }

  #ask(subject: string, cost: number, isLook: boolean): Promise<Verdict> {
    const question = this.#questionOf(cost, isLook);
    return this.#store.run(this.#algorithm, [this.#key(subject)], question);
  }

  /** Leaves a block that came meanwhile, which may last longer. */
  async #blockBeyond(subject: string, blockMs: number, verdict: Verdict): Promise<Decision> {
    const ttlMs = checkDuration("blockMs", blockMs);
    try {
      await this.#store.set(this.#blockKey(subject), String(ttlMs), { ttlMs, only: "absent" });
      return this.#blocked(ttlMs);
    } catch (error) {
      if (isTrouble(error)) return decide(verdict, this.#limit);
      throw error;
    }
  }

  #checkCall(subject: unknown, cost: number): void {
    checkCount("cost", cost, 1);
    if (cost > this.#most) {
      const name = this.#algorithm === gcra ? "burst" : "max";
      throw new InvalidValueError("cost is above what may ever pass at once.", {
        hint: `Take at most ${this.#most} at once, the limiter's ${name}, or raise that.`,
      });
    }
    if (typeof subject !== "string") {
      throw new InvalidValueError("The subject of a limit is no text.", {
        hint: "Pass a user's id or an address.",
      });
    }
  }

  /** Once; again where the store couldn't say. */
  async #check(): Promise<void> {
    if (this.#unchecked === "yet") {
      this.#unchecked = refuseEviction(this.#store, "a limit that is forgotten is none");
    }
    try {
      await this.#unchecked;
      this.#unchecked = undefined;
    } catch (error) {
      this.#unchecked = "yet";
      throw error;
    }
  }

  #blocked(retryAfterMs: number): Decision {
    return decide([0, 0, retryAfterMs, retryAfterMs], this.#limit, "blocked");
  }

  #unavailable(error: unknown): Decision {
    const isOpen = this.#options.onFailure === "open";
    const verdict: Verdict = isOpen
      ? [1, 0, 0, 0]
      : [0, 0, UNAVAILABLE_RETRY_MS, UNAVAILABLE_RETRY_MS];
    return decide(verdict, this.#limit, "unavailable", error);
  }

  async reset(subject: string): Promise<void> {
    await this.#store.delete(this.#key(subject));
  }

  async block(subject: string, durationMs?: number): Promise<void> {
    const key = this.#blockKey(subject);
    if (durationMs === undefined) await this.#store.set(key, "1");
    else {
      const hint = "Leave it out for what stays until unblock().";
      const ttlMs = checkDuration("durationMs", durationMs, hint);
      await this.#store.set(key, String(ttlMs), { ttlMs });
    }
  }

  async unblock(subject: string): Promise<boolean> {
    return (await this.#store.delete(this.#blockKey(subject))) > 0;
  }
}

/**
 * A limit on how often each subject may do something, which all programs on the store share.
 *
 * @example
 * const logins = createLimiter(store, { category: "login", max: 5, windowMs: 60_000, blockMs: 900_000 });
 * const { allowed, headers } = await logins.take(address);
 * if (!allowed) return new Response("Too many attempts", { status: 429, headers });
 */
export function createLimiter(store: Store, options: LimiterOptions): Limiter {
  return new StoreLimiter(store, options);
}
