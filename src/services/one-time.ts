/** Values that are good for one use: the state of a login, a link in a mail, a nonce. */

import { checkDuration } from "./kv/check.ts";
import { InvalidValueError } from "../core/error.ts";
import { partsOfNamespace } from "./kv/key.ts";
import type { Store } from "./kv/store.ts";
import { encodePlain } from "./plain-json.ts";

export interface OneTimeOptions {
  /** What the keys begin with, such as `"oidc:state"`: `oidc:state:{token}`. */
  readonly namespace: string;
  /** How long a value may be used, in milliseconds. */
  readonly ttlMs: number;
}

export interface OneTime<Value> {
  /**
   * Keeps a value under a new token: 122 bits by chance, as a UUID.
   *
   * @param value What JSON can hold, as it is; `true` where there is nothing to keep.
   * @throws {InvalidValueError} for what JSON would lose, such as a `Date`.
   */
  issue(value: Value): Promise<string>;
  /**
   * Keeps a value under a token of the program's own, such as the id of a webhook that must run once.
   *
   * @returns Whether it was new; false leaves what is there.
   */
  put(token: string, value: Value): Promise<boolean>;
  /**
   * The value, which is gone with it: of many who ask at once, one gets it. Undefined for a token that was used, is over,
   * or never was. If the answer is lost on its way, so is the value: ask for a new one.
   */
  consume(token: string): Promise<Value | undefined>;
}

/** A token from outside may be anything. */
const MAX_TOKEN_LENGTH = 200;

/**
 * @example
 * const states = createOneTime<{ verifier: string }>(store, { namespace: "oidc:state", ttlMs: 600_000 });
 * const state = await states.issue({ verifier });
 * const found = await states.consume(request.query.state);
 */
export function createOneTime<Value>(
  store: Store,
  { namespace, ttlMs }: OneTimeOptions,
): OneTime<Value> {
  const parts = partsOfNamespace(namespace);
  checkDuration("ttlMs", ttlMs);
  const isPossible = (token: unknown): token is string =>
    typeof token === "string" && token.length <= MAX_TOKEN_LENGTH && token.isWellFormed();
  return {
    async issue(value) {
      const token = crypto.randomUUID();
      await store.set([...parts, token], encodePlain(value), { ttlMs });
      return token;
    },
    async put(token, value) {
      if (!isPossible(token)) {
        throw new InvalidValueError(`A token is a text of at most ${MAX_TOKEN_LENGTH} characters.`);
      }
      return await store.set([...parts, token], encodePlain(value), { ttlMs, only: "absent" });
    },
    async consume(token) {
      if (!isPossible(token)) return undefined;
      const text = await store.take([...parts, token]);
      // What was issued, as long as the namespace is nobody else's.
      return text === undefined ? undefined : (JSON.parse(text) as Value);
    },
  };
}
