/** Who is logged in, where, and until when: in the store, which has no token, only hashes of them. */

import { InvalidValueError } from "../../core/error.ts";
import { decodeValue, encodeValue } from "../cache/body.ts";
import { jsonCodec, type TextCodec } from "../cache/codec.ts";
import { checkTtl } from "../kv/check.ts";
import { partsOfNamespace } from "../kv/key.ts";
import type { Store } from "../kv/store.ts";
import { isTrouble } from "../trouble.ts";
import {
  addSession,
  dataField,
  readSession,
  readSessions,
  removeSessions,
  replaceSession,
} from "./procedures.ts";
import {
  formerHash,
  leftMs,
  readRecord,
  rotated,
  writeRecord,
  type SessionRecord,
  type SessionTimes,
} from "./record.ts";
import type { NewSession, Rotation, Session, Sessions, SessionsOptions } from "./session.ts";
import {
  hashSecret,
  isSameHash,
  isSessionId,
  MAX_USER_ID_BYTES,
  newSecret,
  newSessionId,
  readToken,
  writeToken,
  type Token,
} from "./token.ts";

const DAY_MS = 86_400_000;

function checkUserId(userId: string): string {
  const isText = typeof userId === "string" && userId !== "" && userId.isWellFormed();
  if (isText && Buffer.byteLength(userId) <= MAX_USER_ID_BYTES) return userId;
  throw new InvalidValueError(`The user's id is no text of 1 to ${MAX_USER_ID_BYTES} bytes.`, {
    hint: "Pass String(id) where it is a number.",
  });
}

function checkCount(count: number): number {
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidValueError("maxPerUser is not a whole number from 1 on.");
}

interface Found<Data> {
  readonly nowMs: number;
  readonly text: string;
  readonly record: SessionRecord;
  readonly session: Session<Data>;
  /** How long ago the token was rotated; undefined for the current one. */
  readonly supersededMs: number | undefined;
}

class StoreSessions<Data> implements Sessions<Data> {
  readonly #store: Store;
  readonly #namespace: readonly string[];
  readonly #times: SessionTimes;
  readonly #graceMs: number;
  readonly #maxPerUser: number;
  readonly #codec: TextCodec;

  constructor(store: Store, options: SessionsOptions) {
    const { namespace = "session", idleMs = 7 * DAY_MS, maxMs = 30 * DAY_MS } = options;
    const { codec = jsonCodec, graceMs = 0, maxPerUser = 100 } = options;
    this.#store = store;
    this.#namespace = partsOfNamespace(namespace);
    this.#times = { idleMs: checkTtl(idleMs), maxMs: checkTtl(maxMs) };
    this.#graceMs = graceMs === 0 ? 0 : checkTtl(graceMs);
    this.#maxPerUser = checkCount(maxPerUser);
    this.#codec = codec;
  }

  #keys(userId: string): readonly (readonly string[])[] {
    return [[...this.#namespace, userId]];
  }

  #session(
    userId: string,
    id: string,
    record: SessionRecord,
    data: Data,
    nowMs: number,
  ): Session<Data> {
    return {
      id,
      userId,
      data,
      createdAt: new Date(record.createdMs),
      usedAt: new Date(record.usedMs),
      expiresAt: new Date(nowMs + leftMs(record, this.#times, nowMs)),
    };
  }

  #decode(text: string | null | undefined): Data {
    // What `create` kept; where the codec has changed since, it throws, and nobody gets in.
    return decodeValue(this.#codec, text === "" || text === null ? undefined : text) as Data;
  }

  async create(userId: string, data: Data): Promise<NewSession<Data>> {
    const keys = this.#keys(checkUserId(userId));
    const text = encodeValue(this.#codec, data) ?? "";
    const id = newSessionId();
    const secret = newSecret();
    const secretHash = hashSecret(secret);
    const { idleMs, maxMs } = this.#times;
    const gone = await this.#surplus(userId);
    const args = [id, `@ @ @ ${secretHash} `, text, Math.min(idleMs, maxMs), ...gone];
    const nowMs = await this.#store.run(addSession, keys, args);
    const times = { createdMs: nowMs, usedMs: nowMs, rotatedMs: nowMs };
    const record = { ...times, secretHash, formerHashes: [] };
    const session = this.#session(userId, id, record, data, nowMs);
    return { token: writeToken(userId, id, secret), session };
  }

  /** Ids of those that are over, or for which there is no room beside a new one. */
  async #surplus(userId: string): Promise<string[]> {
    const { fields, nowMs } = await this.#readAll(userId);
    const alive: { readonly id: string; readonly usedMs: number }[] = [];
    const gone: string[] = [];
    for (const [id, text] of fields) {
      if (!isSessionId(id)) continue;
      const record = readRecord(text);
      if (record === undefined || leftMs(record, this.#times, nowMs) <= 0) gone.push(id);
      else alive.push({ id, usedMs: record.usedMs });
    }
    alive.sort((a, b) => b.usedMs - a.usedMs);
    return [...gone, ...alive.slice(this.#maxPerUser - 1).map(({ id }) => id)];
  }

  async #readAll(
    userId: string,
  ): Promise<{ readonly nowMs: number; readonly fields: ReadonlyMap<string, string> }> {
    const [nowMs, ...flat] = await this.#store.run(readSessions, this.#keys(userId));
    const fields = new Map<string, string>();
    for (let at = 0; at < flat.length; at += 2) fields.set(String(flat[at]), String(flat[at + 1]));
    return { nowMs: Number(nowMs), fields };
  }

  async #find(token: Token): Promise<Found<Data> | undefined> {
    const { secretHash, sessionId, userId } = token;
    const [nowMs, text, data] = await this.#store.run(readSession, this.#keys(userId), [sessionId]);
    const record = text === null ? undefined : readRecord(text);
    if (record === undefined || leftMs(record, this.#times, nowMs) <= 0) return undefined;
    const isCurrent = isSameHash(record.secretHash, secretHash);
    const former = formerHash(secretHash);
    const turn = record.formerHashes.findIndex((hash) => isSameHash(hash, former));
    if (!isCurrent && turn === -1) return undefined;
    // Only the last one before has a grace.
    const agoMs = turn === 0 ? Math.max(0, nowMs - record.rotatedMs) : Infinity;
    const session = this.#session(userId, sessionId, record, this.#decode(data), nowMs);
    return { nowMs, text: text!, record, session, supersededMs: isCurrent ? undefined : agoMs };
  }

  /** A copy of the token is about, and nobody knows who has the right one. */
  #isReused({ supersededMs }: Found<Data>): boolean {
    return supersededMs !== undefined && supersededMs >= this.#graceMs;
  }

  /** What the token of a reader is good for. */
  async #findValid(token: Token): Promise<Found<Data> | undefined> {
    const found = await this.#find(token);
    if (found === undefined || !this.#isReused(found)) return found;
    await this.revoke(token.userId, token.sessionId);
    return undefined;
  }

  async find(token: string): Promise<Session<Data> | undefined> {
    const parsed = readToken(token);
    return parsed === undefined ? undefined : (await this.#findValid(parsed))?.session;
  }

  async touch(token: string): Promise<Session<Data> | undefined> {
    return await this.#change(token, ({ nowMs, record, session }) => {
      if (nowMs - record.usedMs < this.#times.idleMs / 20) return undefined;
      return { record: { ...record, usedMs: nowMs }, data: session.data };
    });
  }

  async update(token: string, data: Data): Promise<Session<Data> | undefined> {
    const text = encodeValue(this.#codec, data) ?? "";
    return await this.#change(token, ({ nowMs, record }) => ({
      record: { ...record, usedMs: nowMs },
      data,
      text: String(text),
    }));
  }

  /** Reads, decides and writes, again where somebody else has written in between. */
  async #change(
    token: string,
    decide: (
      found: Found<Data>,
    ) =>
      | { readonly record: SessionRecord; readonly data: Data; readonly text?: string }
      | undefined,
  ): Promise<Session<Data> | undefined> {
    const parsed = readToken(token);
    if (parsed === undefined) return undefined;
    for (;;) {
      const found = await this.#findValid(parsed);
      const next = found === undefined ? undefined : decide(found);
      if (found === undefined || next === undefined) return found?.session;
      if (!(await this.#replace(parsed, found, next.record, next.text))) continue;
      const { sessionId, userId } = parsed;
      return this.#session(userId, sessionId, next.record, next.data, found.nowMs);
    }
  }

  /** @returns Whether nobody has written in between. */
  async #replace(
    { sessionId, userId }: Token,
    { nowMs, text }: Found<Data>,
    record: SessionRecord,
    data?: string,
  ): Promise<boolean> {
    const ttlMs = leftMs(record, this.#times, nowMs);
    const args = [sessionId, text, writeRecord(record), ttlMs];
    if (data !== undefined) args.push(data);
    return (await this.#store.run(replaceSession, this.#keys(userId), args)) === 1;
  }

  /** As `#replace`. Where the answer is lost it looks: who has the old token, and not the new one, could never come back. */
  async #replaceSecret(token: Token, found: Found<Data>, record: SessionRecord): Promise<boolean> {
    try {
      return await this.#replace(token, found, record);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const { secretHash } = record;
      const written = await this.#find({ ...token, secretHash }).catch(() => undefined);
      if (written !== undefined && written.supersededMs === undefined) return true;
      throw error;
    }
  }

  async rotate(token: string): Promise<Rotation<Data>> {
    const parsed = readToken(token);
    if (parsed === undefined) return { status: "unknown" };
    const { sessionId, userId } = parsed;
    for (;;) {
      const found = await this.#find(parsed);
      if (found === undefined) return { status: "unknown" };
      if (this.#isReused(found)) {
        await this.revoke(userId, sessionId);
        return { status: "reused", userId, sessionId };
      }
      if (found.supersededMs !== undefined) return { status: "superseded", session: found.session };
      const secret = newSecret();
      const record = rotated(found.record, hashSecret(secret), found.nowMs);
      if (!(await this.#replaceSecret(parsed, found, record))) continue;
      const session = this.#session(userId, sessionId, record, found.session.data, found.nowMs);
      return { status: "rotated", token: writeToken(userId, sessionId, secret), session };
    }
  }

  async list(userId: string): Promise<readonly Session<Data>[]> {
    const { fields, nowMs } = await this.#readAll(checkUserId(userId));
    const sessions: Session<Data>[] = [];
    for (const [id, text] of fields) {
      const record = isSessionId(id) ? readRecord(text) : undefined;
      if (record === undefined || leftMs(record, this.#times, nowMs) <= 0) continue;
      const data = this.#decode(fields.get(dataField(id)));
      sessions.push(this.#session(userId, id, record, data, nowMs));
    }
    return sessions.sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
  }

  async revoke(userId: string, sessionId: string): Promise<boolean> {
    const keys = this.#keys(checkUserId(userId));
    // It may come from outside, and must name a session, not another field.
    if (!isSessionId(sessionId)) return false;
    return (await this.#store.run(removeSessions, keys, [sessionId])) > 0;
  }

  async revokeAll(userId: string, { except }: { readonly except?: string } = {}): Promise<number> {
    const { fields } = await this.#readAll(checkUserId(userId));
    const ids = [...fields.keys()].filter((id) => isSessionId(id) && id !== except);
    if (except === undefined) {
      // Also those that came just now.
      await this.#store.delete(...this.#keys(userId));
      return ids.length;
    }
    if (ids.length === 0) return 0;
    return await this.#store.run(removeSessions, this.#keys(userId), ids);
  }
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
  return new StoreSessions(store, options);
}
