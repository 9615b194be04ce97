/** Who is logged in, where, and until when, wherever it is kept: there is no token, only hashes of them. */

import { InvalidValueError } from "../../core/error.ts";
import { decodeValue, encodeValue } from "../cache/body.ts";
import { jsonCodec, type TextCodec } from "../cache/codec.ts";
import { checkCount, checkDuration } from "../kv/check.ts";
import { isTrouble } from "../trouble.ts";
import type { HeldSession, SessionPlace } from "./place.ts";
import {
  formerHash,
  leftMs,
  rotated,
  used,
  type SessionRecord,
  type SessionTimes,
} from "./record.ts";
import type { NewSession, Rotation, Session, SessionRules, Sessions } from "./session.ts";
import {
  hashSecret,
  isSameHash,
  MAX_USER_ID_BYTES,
  newSecret,
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

/** The rules, checked, with the usual where nothing is said. */
export interface CheckedRules {
  readonly times: SessionTimes;
  readonly graceMs: number;
  readonly maxPerUser: number;
  readonly codec: TextCodec;
}

export function checkRules(rules: SessionRules): CheckedRules {
  const { idleMs = 7 * DAY_MS, maxMs = 30 * DAY_MS } = rules;
  const { codec = jsonCodec, graceMs = 0, maxPerUser = 100 } = rules;
  return {
    times: { idleMs: checkDuration("idleMs", idleMs), maxMs: checkDuration("maxMs", maxMs) },
    graceMs: graceMs === 0 ? 0 : checkDuration("graceMs", graceMs),
    maxPerUser: checkCount("maxPerUser", maxPerUser, 1),
    codec,
  };
}

interface Found<Data> {
  readonly nowMs: number;
  readonly held: HeldSession;
  readonly session: Session<Data>;
  /** How long ago the token was rotated; undefined for the current one. */
  readonly supersededMs: number | undefined;
}

interface Change<Data> {
  readonly record: SessionRecord;
  readonly data: Data;
  readonly text?: string;
}

export class KeptSessions<Data> implements Sessions<Data> {
  readonly #place: SessionPlace;
  readonly #rules: CheckedRules;

  constructor(place: SessionPlace, rules: CheckedRules) {
    this.#place = place;
    this.#rules = rules;
  }

  #leftMs(record: SessionRecord, nowMs: number): number {
    return leftMs(record, this.#rules.times, nowMs);
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
      expiresAt: new Date(nowMs + this.#leftMs(record, nowMs)),
    };
  }

  #encode(data: Data): string {
    return String(encodeValue(this.#rules.codec, data) ?? "");
  }

  #decode(text: string): Data {
    // What `create` kept; where the codec has changed since, it throws, and nobody gets in.
    return decodeValue(this.#rules.codec, text === "" ? undefined : text) as Data;
  }

  async create(userId: string, data: Data): Promise<NewSession<Data>> {
    checkUserId(userId);
    const text = this.#encode(data);
    const secret = newSecret();
    const secretHash = hashSecret(secret);
    const { idleMs, maxMs } = this.#rules.times;
    const gone = await this.#surplus(userId);
    const ttlMs = Math.min(idleMs, maxMs);
    const { id, nowMs } = await this.#place.add({ userId, secretHash, data: text, ttlMs, gone });
    const times = { createdMs: nowMs, usedMs: nowMs, rotatedMs: nowMs };
    const record = { ...times, secretHash, formerHashes: [] };
    const session = this.#session(userId, id, record, data, nowMs);
    return { token: writeToken(userId, id, secret), session };
  }

  /** Ids of those that are over, or for which there is no room beside a new one. */
  async #surplus(userId: string): Promise<string[]> {
    const { nowMs, sessions } = await this.#place.readAll(userId);
    const alive = sessions.filter(({ record }) => this.#leftMs(record, nowMs) > 0);
    alive.sort((a, b) => b.record.usedMs - a.record.usedMs);
    const kept = new Set(alive.slice(0, this.#rules.maxPerUser - 1).map(({ id }) => id));
    return sessions.map(({ id }) => id).filter((id) => !kept.has(id));
  }

  async #find(token: Token, forChange: boolean): Promise<Found<Data> | undefined> {
    const { secretHash, sessionId, userId } = token;
    const { nowMs, sessions } = await this.#place.read(userId, sessionId, forChange);
    const [held] = sessions;
    if (held === undefined || this.#leftMs(held.record, nowMs) <= 0) return undefined;
    const { record } = held;
    const isCurrent = isSameHash(record.secretHash, secretHash);
    const former = formerHash(secretHash);
    const turn = record.formerHashes.findIndex((hash) => isSameHash(hash, former));
    if (!isCurrent && turn === -1) return undefined;
    // Only the last one before has a grace.
    const agoMs = turn === 0 ? Math.max(0, nowMs - record.rotatedMs) : Infinity;
    const session = this.#session(userId, sessionId, record, this.#decode(held.data), nowMs);
    return { nowMs, held, session, supersededMs: isCurrent ? undefined : agoMs };
  }

  /** Undefined also for what can't be one of a session here. */
  #parse(token: string): Token | undefined {
    const parsed = readToken(token);
    return parsed !== undefined && this.#place.isId(parsed.sessionId) ? parsed : undefined;
  }

  /** A copy of the token is about, and nobody knows who has the right one. */
  #isReused({ supersededMs }: Found<Data>): boolean {
    return supersededMs !== undefined && supersededMs >= this.#rules.graceMs;
  }

  /** What the token of a reader is good for. */
  async #findValid(token: Token, forChange: boolean): Promise<Found<Data> | undefined> {
    const found = await this.#find(token, forChange);
    if (found === undefined || !this.#isReused(found)) return found;
    await this.revoke(token.userId, token.sessionId);
    return undefined;
  }

  async find(token: string): Promise<Session<Data> | undefined> {
    const parsed = this.#parse(token);
    return parsed === undefined ? undefined : (await this.#findValid(parsed, false))?.session;
  }

  async touch(token: string): Promise<Session<Data> | undefined> {
    return await this.#change(token, false, ({ held, nowMs, session }) => {
      // What was used later than now is written anew: the clock was put back, and it would last so much longer.
      const agoMs = Math.abs(nowMs - held.record.usedMs);
      if (agoMs < this.#rules.times.idleMs / 20) return undefined;
      return { record: used(held.record, nowMs), data: session.data };
    });
  }

  async update(token: string, data: Data): Promise<Session<Data> | undefined> {
    const text = this.#encode(data);
    return await this.#change(token, true, ({ held, nowMs }) => ({
      record: used(held.record, nowMs),
      data,
      text,
    }));
  }

  /** Reads, decides and writes, again where somebody else has written in between. */
  async #change(
    token: string,
    isCertain: boolean,
    decide: (found: Found<Data>) => Change<Data> | undefined,
  ): Promise<Session<Data> | undefined> {
    const parsed = this.#parse(token);
    if (parsed === undefined) return undefined;
    for (let forChange = isCertain; ; forChange = true) {
      const found = await this.#findValid(parsed, forChange);
      const next = found === undefined ? undefined : decide(found);
      if (found === undefined || next === undefined) return found?.session;
      if (!(await this.#replace(parsed, found, next.record, next.text))) continue;
      const { sessionId, userId } = parsed;
      return this.#session(userId, sessionId, next.record, next.data, found.nowMs);
    }
  }

  /** @returns Whether nobody has written in between. */
  #replace(
    { userId }: Token,
    { held, nowMs }: Found<Data>,
    record: SessionRecord,
    data?: string,
  ): Promise<boolean> {
    return this.#place.replace(userId, held, { record, data, ttlMs: this.#leftMs(record, nowMs) });
  }

  /** As `#replace`. Where the answer is lost it looks: who has the old token, and not the new one, could never come back. */
  async #replaceSecret(token: Token, found: Found<Data>, record: SessionRecord): Promise<boolean> {
    try {
      return await this.#replace(token, found, record);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      const { secretHash } = record;
      const written = await this.#find({ ...token, secretHash }, false).catch(() => undefined);
      if (written !== undefined && written.supersededMs === undefined) return true;
      throw error;
    }
  }

  async rotate(token: string): Promise<Rotation<Data>> {
    const parsed = this.#parse(token);
    if (parsed === undefined) return { status: "unknown" };
    const { sessionId, userId } = parsed;
    for (;;) {
      const found = await this.#find(parsed, true);
      if (found === undefined) return { status: "unknown" };
      if (this.#isReused(found)) {
        await this.revoke(userId, sessionId);
        return { status: "reused", userId, sessionId };
      }
      if (found.supersededMs !== undefined) return { status: "superseded", session: found.session };
      const secret = newSecret();
      const record = rotated(found.held.record, hashSecret(secret), found.nowMs);
      if (!(await this.#replaceSecret(parsed, found, record))) continue;
      const session = this.#session(userId, sessionId, record, found.session.data, found.nowMs);
      return { status: "rotated", token: writeToken(userId, sessionId, secret), session };
    }
  }

  async list(userId: string): Promise<readonly Session<Data>[]> {
    const { nowMs, sessions } = await this.#place.readAll(checkUserId(userId));
    return sessions
      .filter(({ record }) => this.#leftMs(record, nowMs) > 0)
      .map(({ id, record, data }) => this.#session(userId, id, record, this.#decode(data), nowMs))
      .sort((a, b) => b.usedAt.getTime() - a.usedAt.getTime());
  }

  async revoke(userId: string, sessionId: string): Promise<boolean> {
    checkUserId(userId);
    // It may come from outside, and must name a session.
    if (!this.#place.isId(sessionId)) return false;
    return (await this.#place.remove(userId, [sessionId])) > 0;
  }

  async revokeAll(userId: string, { except }: { readonly except?: string } = {}): Promise<number> {
    checkUserId(userId);
    if (except === undefined) return await this.#place.removeAll(userId);
    const { sessions } = await this.#place.readAll(userId);
    const ids = sessions.map(({ id }) => id).filter((id) => id !== except);
    return ids.length === 0 ? 0 : await this.#place.remove(userId, ids);
  }
}
