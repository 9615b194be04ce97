import type { Procedure } from "../kv/store.ts";

/** Of a block that has no end. */
export const ENDLESS = -1;

/**
 * How long a block lasts still, 0 where there is none. Its value is how long it was to last: it lasts no longer, even if
 * the server's clock was put back.
 */
export const blockLeft: Procedure<number> = {
  name: "block",
  frees: true,
  lua: `
    local length = redis.call('GET', KEYS[1])
    if not length then return 0 end
    local left = redis.call('PTTL', KEYS[1])
    length = tonumber(length)
    if length and length > 1 and left > length then
      redis.call('PEXPIRE', KEYS[1], length)
      return length
    end
    if left == -1 then return -1 end
    return math.max(left, 1)`,
  local(space, [key]) {
    const text = space.get(key!);
    if (text === undefined) return 0;
    const leftMs = space.ttlMs(key!)!;
    const lengthMs = Number(text);
    if (lengthMs > 1 && leftMs > lengthMs && leftMs !== Infinity) {
      space.expire(key!, lengthMs);
      return lengthMs;
    }
    return leftMs === Infinity ? ENDLESS : Math.max(leftMs, 1);
  },
};
