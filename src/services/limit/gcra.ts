import type { Algorithm, Rule } from "./algorithm.ts";

/**
 * The generic cell rate algorithm, a leaking bucket in one number: so many at once, and from then on evenly. The number is
 * when the bucket will have run empty.
 */
export const gcra: Algorithm = {
  name: "gcra",
  lua: `
    local cost, burst = tonumber(ARGV[3]), tonumber(ARGV[4])
    local step = tonumber(ARGV[2]) / tonumber(ARGV[1])
    local full = step * burst
    local empty = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), now + full)
    local after = empty + step * cost
    local late = after - full - now
    if late > 0.001 then
      return {0, math.floor((now + full - empty) / step + 0.000001), math.ceil(empty - now), math.ceil(late)}
    end
    if ARGV[5] == '1' then
      return {1, math.floor((now + full - empty) / step + 0.000001), math.ceil(empty - now), 0}
    end
    redis.call('SET', KEYS[1], string.format('%.6f', after), 'PX', math.max(1, math.ceil(after - now)))
    return {1, math.floor((now + full - after) / step + 0.000001), math.ceil(after - now), 0}`,
  local(space, [key], args) {
    const [max, window, cost, burst, isLook] = args as Rule;
    const { nowMs } = space;
    const step = window / max;
    const full = step * burst;
    const empty = Math.min(Math.max(Number(space.get(key!) ?? 0), nowMs), nowMs + full);
    const after = empty + step * cost;
    const left = (end: number): number => Math.floor((nowMs + full - end) / step + 0.000001);
    const late = after - full - nowMs;
    if (late > 0.001) return [0, left(empty), Math.ceil(empty - nowMs), Math.ceil(late)];
    if (isLook === 1) return [1, left(empty), Math.ceil(empty - nowMs), 0];
    space.set(key!, after.toFixed(6), Math.max(1, Math.ceil(after - nowMs)));
    return [1, left(after), Math.ceil(after - nowMs), 0];
  },
};
