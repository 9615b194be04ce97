/** Sessions in a store. */

import { partsOfNamespace } from "../kv/key.ts";
import type { Store } from "../kv/store.ts";
import { checkRules, KeptSessions } from "./kept-sessions.ts";
import type {
  AddedSession,
  HeldSession,
  HeldSessions,
  SessionChange,
  SessionPlace,
} from "./place.ts";
import {
  addSession,
  dataField,
  readSession,
  readSessions,
  removeSessions,
  replaceSession,
} from "./procedures.ts";
import { readRecord, writeRecord } from "./record.ts";
import type { Sessions, SessionsOptions } from "./session.ts";
import { isSessionId, newSessionId } from "./token.ts";

class StorePlace implements SessionPlace {
  readonly #store: Store;
  readonly #namespace: readonly string[];
  readonly isId = isSessionId;

  constructor(store: Store, namespace: string) {
    this.#store = store;
    this.#namespace = partsOfNamespace(namespace);
  }

  #keys(userId: string): readonly (readonly string[])[] {
    return [[...this.#namespace, userId]];
  }

  async read(userId: string, sessionId: string): Promise<HeldSessions> {
    const [nowMs, text, data] = await this.#store.run(readSession, this.#keys(userId), [sessionId]);
    return { nowMs, sessions: heldSession(sessionId, text, data) };
  }

  async readAll(userId: string): Promise<HeldSessions> {
    const [nowMs, ...flat] = await this.#store.run(readSessions, this.#keys(userId));
    const fields = new Map<string, string>();
    for (let at = 0; at < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]));
    const sessions = [...fields].flatMap(([id, text]) =>
      isSessionId(id) ? heldSession(id, text, fields.get(dataField(id))) : [],
    );
    return { nowMs: Number(nowMs), sessions };
  }

  async add({ data, gone, secretHash, ttlMs, userId }: AddedSession): Promise<{
    readonly id: string;
    readonly nowMs: number;
  }> {
    const id = newSessionId();
    const args = [id, `@ @ @ ${secretHash} `, data, ttlMs, ...gone];
    return { id, nowMs: await this.#store.run(addSession, this.#keys(userId), args) };
  }

  async replace(
    userId: string,
    { id, mark }: HeldSession,
    { data, record, ttlMs }: SessionChange,
  ): Promise<boolean> {
    const args = [id, mark, writeRecord(record), ttlMs];
    if (data !== undefined) args.push(data);
    return (await this.#store.run(replaceSession, this.#keys(userId), args)) === 1;
  }

  async remove(userId: string, ids: readonly string[]): Promise<number> {
    return await this.#store.run(removeSessions, this.#keys(userId), ids);
  }

  async removeAll(userId: string): Promise<number> {
    const { sessions } = await this.readAll(userId);
    await this.#store.delete(...this.#keys(userId));
    return sessions.length;
  }
}

/** None where what stands there is no session. */
function heldSession(
  id: string,
  text: string | null,
  data: string | null | undefined,
): readonly HeldSession[] {
  const record = text === null ? undefined : readRecord(text);
  return record === undefined ? [] : [{ id, record, data: data ?? "", mark: text! }];
}

/**
 * Sessions of users, for the browsers and devices that hold a token each.
 *
 * @example
 * const sessions = createSessions<{ device: string }>(store, { idleMs: 86_400_000 });
 * const { token } = await sessions.create(user.id, { device: "Firefox on Linux" });
 * const session = await sessions.touch(token);
 */
export function createSessions<Data = undefined>(
  store: Store,
  options: SessionsOptions = {},
): Sessions<Data> {
  const { namespace = "session", ...rules } = options;
  return new KeptSessions(new StorePlace(store, namespace), checkRules(rules));
}
