/** What is known of who is logged in. */

import type { TextCodec } from "../cache/codec.ts";

/** How sessions last, wherever they are kept. */
export interface SessionRules {
  /** How long a session lasts that nobody touches, in milliseconds. Default 7 days. */
  readonly idleMs?: number;
  /** How long it lasts at most. Default 30 days. */
  readonly maxMs?: number;
  /**
   * For how long after `rotate` the token before is still good: for what was under way with it. Default 0: whoever uses it
   * ends the session.
   */
  readonly graceMs?: number;
  /** How many a user may have; those that were used longest ago make room. Default 100. */
  readonly maxPerUser?: number;
  /** How the data is kept. Default: JSON, with dates, bigints and bytes as they were. */
  readonly codec?: TextCodec;
}

export interface SessionsOptions extends SessionRules {
  /** What the keys begin with: `session:{user id}`. Default `"session"`. */
  readonly namespace?: string;
}

export interface Session<Data> {
  /** Good for `revoke` and for lists; nobody gets in with it. It stays the same when the token is rotated. */
  readonly id: string;
  readonly userId: string;
  readonly data: Data;
  /** By the store's clock, as all times of a session. */
  readonly createdAt: Date;
  readonly usedAt: Date;
  /** When it is over if nobody touches it. */
  readonly expiresAt: Date;
}

export interface NewSession<Data> {
  /** For the holder, and nobody else: of at most 330 characters, all good in a cookie and a header. */
  readonly token: string;
  readonly session: Session<Data>;
}

export type Rotation<Data> =
  | ({ readonly status: "rotated" } & NewSession<Data>)
  /** The token was rotated before: a copy of it is about. The session is revoked. */
  | { readonly status: "reused"; readonly userId: string; readonly sessionId: string }
  /** It was rotated a moment ago, within `graceMs`: the holder has, or soon gets, the new one. */
  | { readonly status: "superseded"; readonly session: Session<Data> }
  /** There is no such session, or no longer. */
  | { readonly status: "unknown" };

/**
 * Every method throws `ConnectionError` or `TimeoutError` while the store is away: then nobody is known, and nobody gets in.
 */
export interface Sessions<Data> {
  create(userId: string, data: Data): Promise<NewSession<Data>>;
  /**
   * The session of a token; undefined for what is over, revoked or no token at all. One read. A token that was rotated
   * ends its session.
   */
  find(token: string): Promise<Session<Data> | undefined>;
  /** As `find`, and puts off the end of what nobody touches; written at most every twentieth of `idleMs`. */
  touch(token: string): Promise<Session<Data> | undefined>;
  /** Gives a new token for an old one, which is of no use any more. Of many who rotate one at once, one gets a new one. */
  rotate(token: string): Promise<Rotation<Data>>;
  /** Changes what is kept with a session. @returns Undefined where there is none. */
  update(token: string, data: Data): Promise<Session<Data> | undefined>;
  /** Those of a user, who used longest ago last. */
  list(userId: string): Promise<readonly Session<Data>[]>;
  /** @returns Whether there was such a session. */
  revoke(userId: string, sessionId: string): Promise<boolean>;
  /** @param options.except The id of one that stays, such as the one that asks. @returns How many there were. */
  revokeAll(userId: string, options?: { readonly except?: string }): Promise<number>;
}
