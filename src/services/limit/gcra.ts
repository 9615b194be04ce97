import type { Keyspace } from "../kv/store.ts";
import type { Algorithm, Question } from "./algorithm.ts";

/** How long until the bucket has run empty, of one that was so full when it was written, and lasts so long still. */
function fillNow(space: Keyspace, key: string): number {
  const written = space.number(key) ?? 0;
  if (written >= 0) return 0;
  const lengthMs = Math.ceil(-written);
  const leftMs = space.ttlMs(key)!;
  if (leftMs > lengthMs) {
    space.expire(key, lengthMs);
    return -written;
  }
  return Math.max(0, leftMs - lengthMs - written);
}

/**
 * The generic cell rate algorithm, a leaking bucket in one number: so many at once, and from then on evenly. The number is
 * how long the bucket takes to run empty, below 0, so that nobody takes it for a count.
 */
export const gcra: Algorithm = {
  name: "gcra",
  ruleOf(max, windowMs, burst) {
    const step = windowMs / max;
    return [step, step * burst];
  },
  lua: `
    local step, full, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local written = tonumber(redis.call('GET', KEYS[1]))
    local fill = 0
    if written and written < 0 then
      local length, left = math.ceil(-written), redis.call('PTTL', KEYS[1])
      if left < 0 or left > length then
        redis.call('PEXPIRE', KEYS[1], length)
        left = length
      end
      fill = math.min(math.max(0, left - length - written), full)
    end
    local after = fill + step * cost
    if after - full > 0.001 then
      return {0, math.floor((full - fill) / step + 0.000001), math.ceil(fill), math.ceil(after - full)}
    end
    if ARGV[4] == '1' then return {1, math.floor((full - fill) / step + 0.000001), math.ceil(fill), 0} end
    local length = math.ceil(after)
    redis.call('SET', KEYS[1], -after, 'PX', length)
    return {1, math.floor((full - after) / step + 0.000001), length, 0}`,
  local(space, [key], args) {
    const [step, full, cost, isLook] = args as Question;
    const fill = Math.min(fillNow(space, key!), full);
    const after = fill + step * cost;
    const left = (length: number): number => Math.floor((full - length) / step + 0.000001);
    if (after - full > 0.001) return [0, left(fill), Math.ceil(fill), Math.ceil(after - full)];
    if (isLook === 1) return [1, left(fill), Math.ceil(fill), 0];
    const lengthMs = Math.ceil(after);
    space.set(key!, -after, lengthMs);
    return [1, left(after), lengthMs, 0];
  },
};
