/**
 * How entries stand in the store: a version, a lease, and then the value, if there is one. Who misses learns the version
 * before it loads, and what it then writes is refused once somebody has changed or deleted the key, or the store has
 * lost it.
 *
 * A version is a text by chance, never a count from 0: after a loss nothing fits what was read before it. So deleting
 * the key is enough to make void whatever is being loaded.
 */

import type { Key } from "../kv/key.ts";
import type { Datum, Procedure, Store } from "../kv/store.ts";

const VERSION_LENGTH = 16;
/** Behind it: until when somebody has the lease to load, in milliseconds of the store's time, 13 digits. */
const HEAD_LENGTH = VERSION_LENGTH + 13;
const NO_LEASE = "0".repeat(13);

/** 96 bits by chance. */
function newVersion(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Buffer.from(bytes.buffer).toString("base64url");
}

/** What stands in the store, apart: `body` is undefined where only the version is held. */
export interface Held {
  readonly version: string;
  readonly body: Datum | undefined;
}

export function readHeld(held: Datum): Held | undefined {
  if (held.length < HEAD_LENGTH) return undefined;
  const body = held.length === HEAD_LENGTH ? undefined : held.slice(HEAD_LENGTH);
  const version = held.slice(0, VERSION_LENGTH);
  return { version: typeof version === "string" ? version : textOf(version), body };
}

/** A text for the head, which is the same in all encodings. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** What `readHeld` reads, under a new version. */
export function writeHeld(body: Datum): Datum {
  const head = newVersion() + NO_LEASE;
  return typeof body === "string" ? head + body : Buffer.concat([Buffer.from(head), body]);
}

/** What a miss is told. */
export type Claim =
  /** It is to load, and write under this version. */
  | { readonly kind: "granted"; readonly head: string; readonly version: string }
  /** Somebody else loads, for at most so long. */
  | { readonly kind: "taken"; readonly leftMs: number; readonly version: string }
  /** Somebody has written meanwhile. */
  | { readonly kind: "filled"; readonly held: Uint8Array };

const GRANTED = 1;
const TAKEN = 2;
const FILLED = 3;

const claimProcedure: Procedure<readonly [number, number, Uint8Array]> = {
  name: "claim a cached value",
  isBinary: true,
  lua: `
    local held = redis.call('GET', KEYS[1])
    local lease = string.format('%013.0f', now + tonumber(ARGV[3]))
    if not held or #held < ${HEAD_LENGTH} or string.sub(held, 1, ${VERSION_LENGTH}) == ARGV[5] then
      redis.call('SET', KEYS[1], ARGV[1] .. lease, 'PX', ARGV[2])
      return {${GRANTED}, 0, ARGV[1] .. lease}
    end
    local left = redis.call('PTTL', KEYS[1])
    local isEmpty = #held == ${HEAD_LENGTH}
    if not isEmpty and left > tonumber(ARGV[4]) then return {${FILLED}, left, held} end
    local version = string.sub(held, 1, ${VERSION_LENGTH})
    local leased = (tonumber(string.sub(held, ${VERSION_LENGTH + 1}, ${HEAD_LENGTH})) or 0) - now
    if leased > 0 and leased <= tonumber(ARGV[3]) then return {${TAKEN}, leased, version} end
    redis.call('SETRANGE', KEYS[1], ${VERSION_LENGTH}, lease)
    if isEmpty and left < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return {${GRANTED}, 0, version .. lease}`,
  local(space, [place], args) {
    const key = place!;
    const [fresh, holdMs, leaseMs, staleMs, voids] = args as [
      string,
      number,
      number,
      number,
      string,
    ];
    const held = space.getBytes(key);
    const lease = String(space.nowMs + leaseMs).padStart(13, "0");
    const version = held === undefined ? "" : textOf(held.subarray(0, VERSION_LENGTH));
    if (held === undefined || held.length < HEAD_LENGTH || version === voids) {
      space.set(key, fresh + lease, holdMs);
      return [GRANTED, 0, Buffer.from(fresh + lease)];
    }
    const left = space.ttlMs(key)!;
    const isEmpty = held.length === HEAD_LENGTH;
    if (!isEmpty && left > staleMs) return [FILLED, left, held];
    const leased = Number(textOf(held.subarray(VERSION_LENGTH, HEAD_LENGTH))) - space.nowMs;
    if (leased > 0 && leased <= leaseMs) return [TAKEN, leased, Buffer.from(version)];
    const head = Buffer.from(version + lease);
    const ttl = isEmpty && left < holdMs ? holdMs : left;
    space.set(key, Buffer.concat([head, held.subarray(HEAD_LENGTH)]), ttl);
    return [GRANTED, 0, head];
  },
};

export interface ClaimOptions {
  /** How long a version without a value is held: as long as loading may take, and still be kept. */
  readonly holdMs: number;
  /** For how long others wait for who is granted. 0: everybody is granted. */
  readonly leaseMs: number;
  /** For how long a value is left to readers at the end of its time, while one of them loads. */
  readonly staleMs: number;
  /** A version whose value is void. */
  readonly voids?: string | undefined;
}

export async function claim(store: Store, key: Key, options: ClaimOptions): Promise<Claim> {
  const { holdMs, leaseMs, staleMs, voids = "" } = options;
  const args = [newVersion(), holdMs, leaseMs, staleMs, voids];
  const [kind, leftMs, held] = await store.run(claimProcedure, [key], args);
  if (kind === FILLED) return { kind: "filled", held };
  const head = textOf(held);
  const version = head.slice(0, VERSION_LENGTH);
  return kind === TAKEN ? { kind: "taken", leftMs, version } : { kind: "granted", head, version };
}

const fillProcedure: Procedure<number> = {
  name: "fill a cache",
  lua: `
    if redis.call('GETRANGE', KEYS[1], 0, ${VERSION_LENGTH - 1}) ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
    return 1`,
  local(space, [key], [version, held, ttlMs]) {
    const there = space.getBytes(key!);
    if (there === undefined || textOf(there.subarray(0, VERSION_LENGTH)) !== version) return 0;
    space.set(key!, held!, Number(ttlMs));
    return 1;
  },
};

/** @returns Whether it was written: false where the version isn't that any longer. */
export async function fill(
  store: Store,
  key: Key,
  body: Datum,
  { version, ttlMs }: { readonly version: string; readonly ttlMs: number },
): Promise<boolean> {
  return (await store.run(fillProcedure, [key], [version, writeHeld(body), ttlMs])) === 1;
}

const releaseProcedure: Procedure<number> = {
  name: "give up a cached value",
  frees: true,
  lua: `
    if redis.call('GETRANGE', KEYS[1], 0, ${HEAD_LENGTH - 1}) ~= ARGV[1] then return 0 end
    if redis.call('STRLEN', KEYS[1]) == ${HEAD_LENGTH} then return redis.call('DEL', KEYS[1]) end
    redis.call('SETRANGE', KEYS[1], ${VERSION_LENGTH}, '${NO_LEASE}')
    return 1`,
  local(space, [place], [head]) {
    const key = place!;
    const held = space.getBytes(key);
    if (held === undefined || textOf(held.subarray(0, HEAD_LENGTH)) !== head) return 0;
    if (held.length === HEAD_LENGTH) return Number(space.delete(key));
    const version = textOf(held.subarray(0, VERSION_LENGTH));
    const whole = [Buffer.from(version + NO_LEASE), held.subarray(HEAD_LENGTH)];
    space.set(key, Buffer.concat(whole), space.ttlMs(key));
    return 1;
  },
};

/** Ends the lease that a claim granted, so that others needn't wait for its end. */
export async function release(store: Store, key: Key, head: string): Promise<void> {
  await store.run(releaseProcedure, [key], [head]);
}

const peekProcedure: Procedure<readonly [number, Uint8Array | null]> = {
  name: "read a cached value with its time",
  isBinary: true,
  isReadOnly: true,
  lua: "return {redis.call('PTTL', KEYS[1]), redis.call('GET', KEYS[1])}",
  local: (space, [key]) => [space.ttlMs(key!) ?? -2, space.getBytes(key!) ?? null],
};

/** What stands there, and how long it has left. */
export async function peek(
  store: Store,
  key: Key,
): Promise<{ readonly leftMs: number; readonly held: Uint8Array | undefined }> {
  const [leftMs, held] = await store.run(peekProcedure, [key]);
  return { leftMs, held: held ?? undefined };
}

const stampProcedure: Procedure<string> = {
  name: "read a tag's version",
  lua: `
    local held = redis.call('GET', KEYS[1])
    if not held then
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      return ARGV[1]
    end
    if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return held`,
  local(space, [key], [version, ttlMs]) {
    const held = space.get(key!);
    if (held === undefined) {
      space.set(key!, String(version), Number(ttlMs));
      return String(version);
    }
    if (space.ttlMs(key!)! < Number(ttlMs)) space.expire(key!, Number(ttlMs));
    return held;
  },
};

/** A tag's version, which is made where there is none, and held for so long at least. */
export async function stampOf(store: Store, key: Key, ttlMs: number): Promise<string> {
  return await store.run(stampProcedure, [key], [newVersion(), ttlMs]);
}
