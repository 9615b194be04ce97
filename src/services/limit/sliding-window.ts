import type { Algorithm, Rule, Verdict } from "./algorithm.ts";

interface Windows {
  readonly startMs: number;
  readonly current: number;
  readonly previous: number;
}

/** The windows that are now, from those that were written; a clock that was put back begins anew with what was counted. */
function windowsNow(written: Windows, nowMs: number, window: number): Windows {
  const { current, previous, startMs } = written;
  const elapsedMs = nowMs - startMs;
  if (elapsedMs < 0) return { startMs: nowMs, current, previous };
  if (elapsedMs < window) return written;
  if (elapsedMs < 2 * window) return { startMs: startMs + window, current: 0, previous: current };
  return { startMs: nowMs, current: 0, previous: 0 };
}

/** When so much passes, from the beginning of a window whose predecessor had `previous`. */
function passesAfterMs(previous: number, room: number, window: number): number {
  return previous <= room ? 0 : window * (1 - room / previous);
}

function waitMs(
  windows: Windows,
  elapsedMs: number,
  max: number,
  cost: number,
  window: number,
): number {
  const room = max - cost - windows.current;
  if (room >= 0) return Math.max(0, passesAfterMs(windows.previous, room, window) - elapsedMs);
  return window - elapsedMs + passesAfterMs(windows.current, max - cost, window);
}

/**
 * Counts the window that is now, and of the one before as much as still lies in the last `windowMs`: nowhere on the time
 * line do more pass, if those of a window come evenly.
 */
export const slidingWindow: Algorithm = {
  name: "sliding window",
  lua: `
    local max, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local written = redis.call('HMGET', KEYS[1], 's', 'c', 'p')
    local start, current, previous = tonumber(written[1]) or now, tonumber(written[2]) or 0, tonumber(written[3]) or 0
    local elapsed = now - start
    if elapsed < 0 then
      start = now
    elseif elapsed >= 2 * window then
      start, current, previous = now, 0, 0
    elseif elapsed >= window then
      start, current, previous = start + window, 0, current
    end
    elapsed = now - start
    local used = current + previous * (1 - elapsed / window)
    local function after(before, room)
      if before <= room then return 0 end
      return window * (1 - room / before)
    end
    local held = current > 0 and 2 * window - elapsed or previous > 0 and window - elapsed or 0
    if used + cost > max then
      local room = max - cost - current
      local wait
      if room >= 0 then
        wait = math.max(0, after(previous, room) - elapsed)
      else
        wait = window - elapsed + after(current, max - cost)
      end
      return {0, math.max(0, math.floor(max - used)), held, math.max(1, math.ceil(wait))}
    end
    if ARGV[5] == '1' then return {1, math.floor(max - used), held, 0} end
    redis.call('HSET', KEYS[1], 's', string.format('%.0f', start), 'c', current + cost, 'p', previous)
    redis.call('PEXPIRE', KEYS[1], 2 * window - elapsed)
    return {1, math.floor(max - used - cost), 2 * window - elapsed, 0}`,
  local(space, [key], args): Verdict {
    const [max, window, cost, , isLook] = args as Rule;
    const { s = space.nowMs, c = 0, p = 0 } = space.fields(key!) ?? {};
    const written = { startMs: Number(s), current: Number(c), previous: Number(p) };
    const windows = windowsNow(written, space.nowMs, window);
    const { current, previous, startMs } = windows;
    const elapsedMs = space.nowMs - startMs;
    const used = current + previous * (1 - elapsedMs / window);
    const heldMs = current > 0 ? 2 * window - elapsedMs : previous > 0 ? window - elapsedMs : 0;
    if (used + cost > max) {
      const retryMs = Math.max(1, Math.ceil(waitMs(windows, elapsedMs, max, cost, window)));
      return [0, Math.max(0, Math.floor(max - used)), heldMs, retryMs];
    }
    if (isLook === 1) return [1, Math.floor(max - used), heldMs, 0];
    space.setFields(key!, { s: startMs, c: current + cost, p: previous });
    space.expire(key!, 2 * window - elapsedMs);
    return [1, Math.floor(max - used - cost), 2 * window - elapsedMs, 0];
  },
};
