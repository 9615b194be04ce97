import type { Algorithm, Question } from "./algorithm.ts";

/**
 * Counts under a key that ends with the window, which begins with the first. Cheapest; around the end of a window twice as
 * many may pass.
 */
export const fixedWindow: Algorithm = {
  name: "fixed window",
  ruleOf: (max, windowMs) => [max, windowMs],
  lua: `
    local max, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local count = tonumber(redis.call('GET', KEYS[1]))
    if not count or count < 0 then count = 0 end
    local left = count == 0 and -2 or redis.call('PTTL', KEYS[1])
    if count + cost > max then
      if left < 0 or left > window then
        left = window
        redis.call('PEXPIRE', KEYS[1], window)
      end
      return {0, math.max(0, max - count), left, left}
    end
    if ARGV[4] == '1' then return {1, max - count, math.max(0, math.min(left, window)), 0} end
    if left < 0 or left > window then
      left = window
      redis.call('SET', KEYS[1], count + cost, 'PX', window)
    else
      redis.call('INCRBY', KEYS[1], cost)
    end
    return {1, max - count - cost, left, 0}`,
  local(space, [key], args) {
    const [max, window, cost, isLook] = args as Question;
    const count = Math.max(0, space.number(key!) ?? 0);
    const heldMs = count === 0 ? 0 : space.ttlMs(key!)!;
    const isNew = heldMs <= 0 || heldMs > window;
    const leftMs = isNew ? window : heldMs;
    if (count + cost > max) {
      if (isNew) space.expire(key!, window);
      return [0, Math.max(0, max - count), leftMs, leftMs];
    }
    if (isLook === 1) return [1, max - count, Math.min(heldMs, window), 0];
    space.set(key!, count + cost, leftMs);
    return [1, max - count - cost, leftMs, 0];
  },
};
