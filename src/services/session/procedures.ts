/**
 * The sessions of a user stand in one key, so that all of them are changed in one step, also on a cluster: under the id of
 * each its record, and behind `d` what the program keeps with it.
 */

import type { Keyspace, Procedure } from "../kv/store.ts";

export function dataField(sessionId: string): string {
  return `d${sessionId}`;
}

/** The key ends with the last of its sessions. */
const outlive = (ttl: string): string =>
  `if redis.call('PTTL', KEYS[1]) < tonumber(${ttl}) then redis.call('PEXPIRE', KEYS[1], ${ttl}) end`;

function outliveLocally(space: Keyspace, key: string, ttlMs: number): void {
  const leftMs = space.ttlMs(key);
  if (leftMs === undefined || (leftMs !== Infinity && leftMs >= ttlMs)) return;
  space.expire(key, ttlMs);
}

/** `[now, record, data]`; record and data are null where there is none. */
export const readSession: Procedure<readonly [number, string | null, string | null]> = {
  name: "read a session",
  isReadOnly: true,
  lua: `
    local held = redis.call('HMGET', KEYS[1], ARGV[1], 'd' .. ARGV[1])
    return {now, held[1], held[2]}`,
  local: (space, [key], [id]) => [
    space.nowMs,
    space.field(key!, String(id)) ?? null,
    space.field(key!, dataField(String(id))) ?? null,
  ],
};

/** `[now, name, value, name, value …]` */
export const readSessions: Procedure<readonly (number | string)[]> = {
  name: "read the sessions of a user",
  isReadOnly: true,
  lua: `
    local held = redis.call('HGETALL', KEYS[1])
    table.insert(held, 1, now)
    return held`,
  local(space, [key]) {
    const fields = Object.entries(space.fields(key!) ?? {});
    return [space.nowMs, ...fields.flatMap(([name, value]) => [name, textOf(value)])];
  },
};

function textOf(value: string | Uint8Array): string {
  return typeof value === "string" ? value : Buffer.from(value).toString();
}

/** Puts one down; `record` has `@` for now. Further arguments are ids of those that go. */
export const addSession: Procedure<number> = {
  name: "add a session",
  lua: `
    for index = 5, #ARGV do redis.call('HDEL', KEYS[1], ARGV[index], 'd' .. ARGV[index]) end
    local record = string.gsub(ARGV[2], '@', string.format('%.0f', now))
    redis.call('HSET', KEYS[1], ARGV[1], record, 'd' .. ARGV[1], ARGV[3])
    ${outlive("ARGV[4]")}
    return now`,
  local(space, [place], [id, record, data, ttlMs, ...gone]) {
    const key = place!;
    removeLocally(space, key, gone.map(String));
    const isFirst = !space.has(key);
    const text = String(record).replaceAll("@", String(space.nowMs));
    space.setFields(key, { [String(id)]: text, [dataField(String(id))]: data });
    if (isFirst) space.expire(key, Number(ttlMs));
    else outliveLocally(space, key, Number(ttlMs));
    return space.nowMs;
  },
};

/** Only where the record is still the one that was read. No data: it stays as it is. */
export const replaceSession: Procedure<number> = {
  name: "change a session",
  lua: `
    if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
    if ARGV[5] then redis.call('HSET', KEYS[1], 'd' .. ARGV[1], ARGV[5]) end
    ${outlive("ARGV[4]")}
    return 1`,
  local(space, [place], [id, expected, record, ttlMs, data]) {
    const key = place!;
    if (space.field(key, String(id)) !== expected) return 0;
    space.setFields(key, { [String(id)]: record });
    if (data !== undefined) space.setFields(key, { [dataField(String(id))]: data });
    outliveLocally(space, key, Number(ttlMs));
    return 1;
  },
};

function removeLocally(space: Keyspace, key: string, ids: readonly string[]): number {
  let count = 0;
  for (const id of ids) {
    if (space.field(key, id) === undefined) continue;
    count++;
    space.setFields(key, { [id]: undefined, [dataField(id)]: undefined });
  }
  return count;
}

/** @returns How many there were. */
export const removeSessions: Procedure<number> = {
  name: "revoke sessions",
  frees: true,
  lua: `
    local count = 0
    for _, id in ipairs(ARGV) do
      count = count + redis.call('HDEL', KEYS[1], id)
      redis.call('HDEL', KEYS[1], 'd' .. id)
    end
    return count`,
  local: (space, [key], ids) => removeLocally(space, key!, ids.map(String)),
};
