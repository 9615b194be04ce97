import type { Keyspace } from "../kv/store.ts";
import type { Algorithm, Question, Verdict } from "./algorithm.ts";

interface Windows {
  /** How many in the window that is now, and in the one before. */
  readonly current: number;
  readonly previous: number;
  /** Until a window after the one that is now is over, too: then all is forgotten. */
  readonly leftMs: number;
}

const NONE: readonly number[] = [-1, 0];

/** Of `7 5`: of the window that is now, and of the one before. */
function readBoth(text: string | undefined): readonly number[] {
  const both = text === undefined ? null : /^(\d+) (\d+)$/.exec(text);
  return both === null ? NONE : [Number(both[1]), Number(both[2])];
}

/** A key lasts two windows from the beginning of its first. */
function windowsNow(space: Keyspace, key: string, window: number): Windows {
  // A number is of the window that is now alone; below 0 it is another algorithm's.
  let current = space.number(key);
  let previous = 0;
  if (current === undefined) [current = 0, previous = 0] = readBoth(space.get(key));
  if (current < 0) return { current: 0, previous: 0, leftMs: 2 * window };
  const leftMs = space.ttlMs(key)!;
  if (leftMs > 2 * window) {
    space.expire(key, 2 * window);
    return { current, previous, leftMs: 2 * window };
  }
  if (leftMs > window) return { current, previous, leftMs };
  return { current: 0, previous: current, leftMs: leftMs + window };
}

/** When so much passes, from the beginning of a window whose predecessor had `previous`. */
function passesAfterMs(previous: number, room: number, window: number): number {
  return previous <= room ? 0 : window * (1 - room / previous);
}

function waitMs(windows: Windows, max: number, cost: number, window: number): number {
  const { current, leftMs, previous } = windows;
  const elapsedMs = 2 * window - leftMs;
  const room = max - cost - current;
  if (room < 0) return window - elapsedMs + passesAfterMs(current, max - cost, window);
  return passesAfterMs(previous, room, window) - elapsedMs;
}

/** Until nothing is counted any more. */
function heldMs({ current, leftMs, previous }: Windows, window: number): number {
  return current > 0 ? leftMs : previous > 0 ? leftMs - window : 0;
}

/**
 * Counts the window that is now, and of the one before as much as still lies in the last `windowMs`: nowhere on the time
 * line do more pass, if those of a window come evenly.
 */
export const slidingWindow: Algorithm = {
  name: "sliding window",
  ruleOf: (max, windowMs) => [max, windowMs],
  lua: `
    local max, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local previous, left, isNew = 0, 2 * window, true
    local written = redis.call('GET', KEYS[1])
    local current = tonumber(written)
    if written and not current then
      local space = string.find(written, ' ', 1, true) or 0
      current = tonumber(string.sub(written, 1, space - 1))
      previous = current and tonumber(string.sub(written, space + 1)) or 0
    end
    if not current or current < 0 then
      current = 0
    else
      left = redis.call('PTTL', KEYS[1])
      if left < 0 or left > 2 * window then
        left = 2 * window
        redis.call('PEXPIRE', KEYS[1], left)
      elseif left > window then
        isNew = false
      else
        left, current, previous = left + window, 0, current
      end
    end
    local elapsed = 2 * window - left
    local used = current + previous * (1 - elapsed / window)
    if used + cost > max then
      local function after(before, room)
        if before <= room then return 0 end
        return window * (1 - room / before)
      end
      local room, wait = max - cost - current
      if room < 0 then
        wait = window - elapsed + after(current, max - cost)
      else
        wait = after(previous, room) - elapsed
      end
      local held = current > 0 and left or previous > 0 and window - elapsed or 0
      return {0, math.max(0, math.floor(max - used)), held, math.max(1, math.ceil(wait))}
    end
    if ARGV[4] == '1' then
      return {1, math.floor(max - used), current > 0 and left or previous > 0 and window - elapsed or 0, 0}
    end
    if isNew then
      local both = previous == 0 and cost + current or (cost + current) .. ' ' .. previous
      redis.call('SET', KEYS[1], both, 'PX', left)
    elseif previous == 0 then
      redis.call('INCRBY', KEYS[1], cost)
    else
      redis.call('SET', KEYS[1], (cost + current) .. ' ' .. previous, 'KEEPTTL')
    end
    return {1, math.floor(max - used - cost), left, 0}`,
  local(space, [key], args): Verdict {
    const [max, window, cost, isLook] = args as Question;
    const windows = windowsNow(space, key!, window);
    const { current, leftMs, previous } = windows;
    const weight = 1 - (2 * window - leftMs) / window;
    const used = previous === 0 ? current : current + previous * weight;
    if (used + cost > max) {
      const retryMs = Math.max(1, Math.ceil(waitMs(windows, max, cost, window)));
      return [0, Math.max(0, Math.floor(max - used)), heldMs(windows, window), retryMs];
    }
    if (isLook === 1) return [1, Math.floor(max - used), heldMs(windows, window), 0];
    const count = current + cost;
    space.set(key!, previous === 0 ? count : `${count} ${previous}`, leftMs);
    return [1, Math.floor(max - used - cost), leftMs, 0];
  },
};
