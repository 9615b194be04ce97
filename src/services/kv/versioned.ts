/**
 * Values with a version, for readers that fill what writers make void: who reads learns the version, and what is then
 * written under it is refused once somebody has changed or voided the key, or the store has lost it.
 *
 * A version is a text by chance, never a count from 0: after a loss nothing fits what was read before it.
 */

import type { Key } from "./key.ts";
import { checkDatum, checkTtl } from "./check.ts";
import type { Datum, Procedure, Store } from "./store.ts";

export interface Versioned {
  readonly version: string;
  readonly value: Uint8Array | undefined;
}

/** 96 bits. */
function newVersion(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Buffer.from(bytes.buffer).toString("base64url");
}

const readProcedure: Procedure<readonly Uint8Array[]> = {
  name: "read a versioned value",
  isBinary: true,
  lua: `
    local held = redis.call('HMGET', KEYS[1], 'n', 'v')
    if not held[1] then
      redis.call('HSET', KEYS[1], 'n', ARGV[1])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      return {ARGV[1]}
    end
    if held[2] then return held end
    if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
    return {held[1]}`,
  local(space, [key], [version, ttlMs]) {
    const held = space.fields(key!);
    if (held === undefined) {
      space.setFields(key!, { n: version });
      space.expire(key!, Number(ttlMs));
      return [Buffer.from(String(version))];
    }
    const { n, v } = held;
    if (v !== undefined) return [Buffer.from(n!), Buffer.from(v)];
    if (space.ttlMs(key!)! < Number(ttlMs)) space.expire(key!, Number(ttlMs));
    return [Buffer.from(n!)];
  },
};

/**
 * The value, if there is one, and the version. Where nothing is there a version is put down for `holdMs`: as long as
 * whoever reads may take to write.
 */
export async function readVersioned(store: Store, key: Key, holdMs: number): Promise<Versioned> {
  const [version, value] = await store.run(readProcedure, [key], [newVersion(), checkTtl(holdMs)]);
  return { version: Buffer.from(version!).toString(), value };
}

const writeProcedure: Procedure<number> = {
  name: "write a versioned value",
  lua: `
    if redis.call('HGET', KEYS[1], 'n') ~= ARGV[1] then return 0 end
    redis.call('HSET', KEYS[1], 'n', ARGV[2], 'v', ARGV[3])
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
    return 1`,
  local(space, [key], [expected, version, value, ttlMs]) {
    if (space.field(key!, "n") !== expected) return 0;
    space.setFields(key!, { n: version, v: value });
    space.expire(key!, Number(ttlMs));
    return 1;
  },
};

/** @returns The new version, or undefined where it was refused: the version isn't that any longer. */
export async function writeVersioned(
  store: Store,
  key: Key,
  value: Datum,
  { version, ttlMs }: { readonly version: string; readonly ttlMs: number },
): Promise<string | undefined> {
  const next = newVersion();
  const args = [version, next, checkDatum(value), checkTtl(ttlMs)];
  return (await store.run(writeProcedure, [key], args)) === 1 ? next : undefined;
}

const voidProcedure: Procedure<number> = {
  name: "void a versioned value",
  frees: true,
  lua: `
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[1], 'n', ARGV[1])
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return 1`,
  local(space, [key], [version, ttlMs]) {
    space.delete(key!);
    space.setFields(key!, { n: version });
    space.expire(key!, Number(ttlMs));
    return 1;
  },
};

/** Drops the value and changes the version, so that what was read before can't be written after. */
export async function voidVersioned(store: Store, key: Key, holdMs: number): Promise<void> {
  await store.run(voidProcedure, [key], [newVersion(), checkTtl(holdMs)]);
}
