/** Who is here now: members of a room who say so again and again, and vanish when they stop. */

import { checkDuration } from "./kv/check.ts";
import { partsOfNamespace } from "./kv/key.ts";
import type { Procedure, Store } from "./kv/store.ts";

export interface PresenceOptions {
  /** How long a member is here after it last said so, in milliseconds: some three times as long as it waits between. */
  readonly ttlMs: number;
  /** Default `"presence"`. */
  readonly namespace?: string;
}

export interface Presence {
  /** Says that a member is here. @returns Whether it wasn't before. */
  beat(room: string, member: string): Promise<boolean>;
  /** @returns Whether it was here. */
  leave(room: string, member: string): Promise<boolean>;
  has(room: string, member: string): Promise<boolean>;
  /** The members, who beat longest ago first. */
  list(room: string): Promise<readonly string[]>;
  count(room: string): Promise<number>;
}

/** Members have the time until which they are here as their score; none has more than the rule gives. */
const forget = `
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  local latest = now + tonumber(ARGV[1])
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], '(' .. string.format('%.0f', latest), '+inf', 'BYSCORE')) do
    redis.call('ZADD', KEYS[1], latest, member)
  end`;

type Local<Result extends number | readonly string[]> = Procedure<Result>["local"];

/** Without those who are over, before the work. */
function present<Result extends number | readonly string[]>(work: Local<Result>): Local<Result> {
  return (space, keys, args) => {
    const [key] = keys as [string];
    space.removeMembers(key, space.nowMs);
    const latest = space.nowMs + Number(args[0]);
    for (const [member, score] of space.members(key, { min: latest })) {
      if (score > latest) space.addMember(key, member, latest);
    }
    return work(space, keys, args);
  };
}

const beatProcedure: Procedure<number> = {
  name: "beat",
  lua: `${forget}
    local isNew = redis.call('ZADD', KEYS[1], latest, ARGV[2])
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    return isNew`,
  local: present((space, [key], [ttlMs, member]) => {
    const isNew = space.addMember(key!, String(member), space.nowMs + Number(ttlMs));
    space.expire(key!, Number(ttlMs));
    return Number(isNew);
  }),
};

const leaveProcedure: Procedure<number> = {
  name: "leave",
  frees: true,
  lua: `${forget}
    return redis.call('ZREM', KEYS[1], ARGV[2])`,
  local: present((space, [key], [, member]) => Number(space.removeMember(key!, String(member)))),
};

const hasProcedure: Procedure<number> = {
  name: "is present",
  frees: true,
  lua: `${forget}
    return redis.call('ZSCORE', KEYS[1], ARGV[2]) and 1 or 0`,
  local: present((space, [key], [, member]) =>
    space.score(key!, String(member)) === undefined ? 0 : 1,
  ),
};

const listProcedure: Procedure<readonly string[]> = {
  name: "who is present",
  frees: true,
  lua: `${forget}
    return redis.call('ZRANGE', KEYS[1], 0, -1)`,
  local: present((space, [key]) => space.members(key!).map(([member]) => member)),
};

const countProcedure: Procedure<number> = {
  name: "how many are present",
  frees: true,
  lua: `${forget}
    return redis.call('ZCARD', KEYS[1])`,
  local: present((space, [key]) => space.countMembers(key!)),
};

/**
 * @example
 * const online = createPresence(store, { ttlMs: 30_000 });
 * if (await online.beat(userId, connectionId)) announce(userId);
 */
export function createPresence(
  store: Store,
  { namespace = "presence", ttlMs }: PresenceOptions,
): Presence {
  const parts = partsOfNamespace(namespace);
  const ttl = checkDuration("ttlMs", ttlMs);
  const key = (room: string): readonly string[][] => [[...parts, room]];
  return {
    beat: async (room, member) => (await store.run(beatProcedure, key(room), [ttl, member])) === 1,
    leave: async (room, member) =>
      (await store.run(leaveProcedure, key(room), [ttl, member])) === 1,
    has: async (room, member) => (await store.run(hasProcedure, key(room), [ttl, member])) === 1,
    list: (room) => store.run(listProcedure, key(room), [ttl]),
    count: (room) => store.run(countProcedure, key(room), [ttl]),
  };
}
