/** Where sessions stand: what keeps them does each of these in one step. */

import type { SessionRecord } from "./record.ts";

export interface HeldSession {
  readonly id: string;
  readonly record: SessionRecord;
  /** As it is kept; empty where there is none. */
  readonly data: string;
  /** What it was when it was read, as the place tells it. */
  readonly mark: string;
}

export interface HeldSessions {
  /** By the place's clock. */
  readonly nowMs: number;
  readonly sessions: readonly HeldSession[];
}

export interface AddedSession {
  readonly userId: string;
  readonly secretHash: string;
  readonly data: string;
  /** How long it lasts if nobody uses it. */
  readonly ttlMs: number;
  /** Ids of those that go, to make room. */
  readonly gone: readonly string[];
}

export interface SessionChange {
  readonly record: SessionRecord;
  /** Undefined: it stays as it is. */
  readonly data: string | undefined;
  readonly ttlMs: number;
}

export interface SessionPlace {
  /** Whether there may be such a session: ids come from outside. */
  isId(sessionId: unknown): sessionId is string;
  /** @param forChange It is about to be replaced. */
  read(userId: string, sessionId: string, forChange: boolean): Promise<HeldSessions>;
  readAll(userId: string): Promise<HeldSessions>;
  add(session: AddedSession): Promise<{ readonly id: string; readonly nowMs: number }>;
  /** @returns Whether it still was what it was when it was read. */
  replace(userId: string, held: HeldSession, change: SessionChange): Promise<boolean>;
  /** @returns How many there were. */
  remove(userId: string, ids: readonly string[]): Promise<number>;
  /** Also those that came just now. @returns How many there were. */
  removeAll(userId: string): Promise<number>;
}
